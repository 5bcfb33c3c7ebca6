#!/usr/bin/env bash
# Makes the image of hello.yaml of Debian's busybox-static and the programs beside this script, as an OCI
# layout in a folder for images, and prints what it is called.
#
# `[images] layouts` of an agent names such a folder; `skopeo copy` takes it to a registry.
set -euo pipefail
[[ $# == 1 ]] || {
	echo 'usage: examples/hello/image.sh FOLDER' >&2
	exit 2
}
name=images.example/hello
layout=$1/$name
programs=$(dirname "$0")
mkdir -p "$layout/blobs/sha256"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
busybox=$(command -v busybox) || {
	echo 'examples/hello/image.sh: install busybox-static' >&2
	exit 1
}
chmod 755 "$root"
mkdir -p "$root"/{bin,dev,etc,proc,sys,srv/cgi-bin,tmp}
cp "$busybox" "$root/bin/busybox"
for applet in sh cat date echo httpd nc sleep tail tr; do ln -s busybox "$root/bin/$applet"; done
install -m 755 "$programs"/{web,client} "$root/bin"
install -m 755 "$programs/page" "$root/srv/cgi-bin"

# Put what comes in among the blobs, and describe it.
blob() {
	local file digest
	file=$(mktemp -p "$layout")
	cat >"$file"
	chmod 644 "$file"
	digest=$(sha256sum <"$file" | cut -d ' ' -f 1)
	jq -nc --arg kind "application/vnd.oci.image.$1" --arg digest "sha256:$digest" \
		--argjson size "$(stat -c %s "$file")" '{ mediaType: $kind, digest: $digest, size: $size }'
	mv "$file" "$layout/blobs/sha256/$digest"
}

case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*) architecture=$(uname -m) ;;
esac
# The same files make the same bytes, whoever packs them, and whenever.
layer=$(tar -C "$root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c . | blob layer.v1.tar)
config=$(jq -nc --arg architecture "$architecture" --argjson layer "$layer" '{
	architecture: $architecture, os: "linux", config: { Env: ["PATH=/bin"], Cmd: ["/bin/web"] },
	rootfs: { type: "layers", diff_ids: [$layer.digest] } }' | blob config.v1+json)
manifest=$(jq -nc --argjson config "$config" --argjson layer "$layer" '{
	schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
	config: $config, layers: [$layer] }' | blob manifest.v1+json)

echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
jq -nc --argjson manifest "$manifest" '{ schemaVersion: 2, manifests: [
	$manifest + { annotations: { "org.opencontainers.image.ref.name": "latest" } }] }' >"$layout/index.json"
echo "$name@$(jq -r .digest <<<"$manifest")"
