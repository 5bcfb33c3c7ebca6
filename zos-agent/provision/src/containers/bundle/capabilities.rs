//! What root may do in a container.

/// What programs that start as root need to make themselves at home and become another user. None
/// of these reaches beyond the container's own files, processes and network: no devices, no raw
/// packets, no mounts, no tracing.
pub(super) const GIVEN: [&str; 10] = [
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_NET_BIND_SERVICE",
	"CAP_SETGID",
	"CAP_SETPCAP",
	"CAP_SETUID",
	// Mail, web and ssh servers lock parts of themselves up with it.
	"CAP_SYS_CHROOT",
];
