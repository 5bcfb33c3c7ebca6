//! What whoever has the machine sees.

use crate::world::{key, spec, story};
use std::{os::unix::fs::PermissionsExt, sync::Arc};
use zos_agent::status::{ask, serve, Answer, AskError, Question, SOCKET};
use zos_core::ports::{LogLine, LogStream};

#[test]
fn what_runs_and_what_it_prints_is_told_through_the_socket() {
	story(|world| async move {
		world.chain.create(1, spec(1));
		world.runs(1, 1).await;
		for (at, text) in [(1, "one"), (2, "two"), (3, "three")] {
			let stream = if at == 2 { LogStream::Error } else { LogStream::Out };
			world.host.print(&key(1, "web"), LogLine { at, stream, text: text.into() });
		}
		let folder = world.folder().to_path_buf();
		let (view, host) = (world.view.clone(), Arc::new(world.host.clone()));
		let served = folder.clone();
		let server = tokio::spawn(async move { serve(&served, view, host).await });
		world.until("it listens", |_| folder.join(SOCKET).exists()).await;
		let mode =
			std::fs::metadata(folder.join(SOCKET)).expect("it is there").permissions().mode();
		assert_eq!(mode & 0o777, 0o600);

		let Answer::Status(status) = ask(&folder, &Question::Status).await.expect("it answers")
		else {
			panic!("that is no status")
		};
		assert_eq!(*status, world.view.status());
		assert_eq!(status.contracts[0].workloads[1].state, "running");
		let (said, _) = status.contracts[0].reported.clone().expect("it was told");
		assert_eq!(said, "revision 1 running");

		let logs = |after, tail| Question::Logs { of: "1/web".into(), after, tail, since: 0 };
		let answer = ask(&folder, &logs(None, 2)).await.expect("it answers");
		let lines = vec![(2, true, "two".to_string()), (3, false, "three".to_string())];
		assert_eq!(answer, Answer::Logs { lines, next: 3 });
		let rest = ask(&folder, &logs(Some(3), 10)).await.expect("it answers");
		assert_eq!(rest, Answer::Logs { lines: vec![], next: 3 });
		let wrong = Question::Logs { of: "web".into(), after: None, tail: 1, since: 0 };
		assert!(matches!(ask(&folder, &wrong).await, Err(AskError::Refused(_))));

		server.abort();
		let _ = server.await;
		assert!(matches!(ask(&folder, &Question::Status).await, Err(AskError::Nobody { .. })));
	});
}
