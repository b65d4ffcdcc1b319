//! The music library over HTTP: what is asked of whoever keeps it, and how the answers come back.

mod support;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use futures_util::stream;
use orbitbox_admin::{Import, MusicOrder, MusicRefusal, Stage, Track};
use serde_json::json;
use std::io;
use std::sync::Arc;
use support::*;

fn request(method: Method, path: &str, body: Body) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("host", "unit.example:8080");
    request.body(body).expect("a request")
}

fn file(path: &str, pieces: Vec<io::Result<Bytes>>) -> Request<Body> {
    request(Method::POST, path, Body::from_stream(stream::iter(pieces)))
}

fn waltz() -> Track {
    Track { number: 7, title: "Waltz".into(), seconds: 61.5, loudness: -24.0, gain: 3.5, imported: 1_700_000_000 }
}

#[tokio::test]
async fn tracks_and_imports_are_told() {
    let (router, mut unit) = page();
    let import = |import, stage| Import { import, name: format!("{import}.mp3"), stage };
    unit.imports.send_replace(Arc::new(vec![
        import(1, Stage::Imported { track: 7 }),
        import(2, Stage::Refused { reason: "silent".into() }),
        import(3, Stage::Importing { percent: 40 }),
        import(4, Stage::Waiting),
    ]));
    let keeper = async {
        let Some(MusicOrder::List(answer)) = unit.music.recv().await else { panic!("no order") };
        answer.send(Ok(vec![waltz()])).expect("somebody waits");
    };
    let ((status, answer), ()) = tokio::join!(ask(&router, get("/api/music")), keeper);
    assert_eq!(status, StatusCode::OK);
    let track = json!({ "number": 7, "title": "Waltz", "seconds": 61.5, "loudness_lufs": -24.0, "gain_db": 3.5, "imported": 1_700_000_000 });
    assert_eq!(answer["tracks"], json!([track]));
    assert_eq!(answer["imports"][0], json!({ "import": 1, "name": "1.mp3", "stage": "imported", "track": 7 }));
    assert_eq!(answer["imports"][1], json!({ "import": 2, "name": "2.mp3", "stage": "refused", "reason": "silent" }));
    assert_eq!(answer["imports"][3], json!({ "import": 4, "name": "4.mp3", "stage": "waiting" }));
    let (status, answer) = ask(&router, get("/api/music/imports/3")).await;
    assert_eq!((status, answer["percent"].clone()), (StatusCode::OK, json!(40)));
    for absent in ["5", "three", "-1"] {
        assert_eq!(ask(&router, get(&format!("/api/music/imports/{absent}"))).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_file_comes_piece_by_piece() {
    let (router, mut unit) = page();
    let pieces = vec![Ok(Bytes::from_static(b"one")), Ok(Bytes::from_static(b"two"))];
    let keeper = async {
        let Some(MusicOrder::Begin { upload, name, answer }) = unit.music.recv().await else { panic!("no beginning") };
        assert_eq!(name, "Waltz in A.mp3");
        for expected in ["one", "two"] {
            let Some(MusicOrder::Piece { upload: of, bytes }) = unit.music.recv().await else { panic!("no piece") };
            assert_eq!((of, bytes.as_ref()), (upload, expected.as_bytes()));
        }
        assert!(matches!(unit.music.recv().await, Some(MusicOrder::End { upload: of }) if of == upload));
        answer.send(Ok(3)).expect("somebody waits");
    };
    let coming = ask(&router, file("/api/music?name=some/folder/Waltz%20in%20A.mp3", pieces));
    let ((status, answer), ()) = tokio::join!(coming, keeper);
    assert_eq!((status, answer), (StatusCode::ACCEPTED, json!({ "import": 3 })));
}

#[tokio::test]
async fn a_file_that_breaks_off_is_no_file() {
    let (router, mut unit) = page();
    let pieces = vec![Ok(Bytes::from_static(b"one")), Err(io::Error::other("gone"))];
    let (status, _) = ask(&router, file("/api/music?name=a.mp3", pieces)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let Some(MusicOrder::Begin { answer, .. }) = unit.music.recv().await else { panic!("no beginning") };
    assert!(answer.is_closed(), "nobody wants it any more");
    assert!(matches!(unit.music.recv().await, Some(MusicOrder::Piece { .. })));
    assert!(unit.music.try_recv().is_err(), "its end is not told");
}

#[tokio::test]
async fn too_large_nameless_and_foreign_files_are_refused_before_they_are_kept() {
    let (router, mut unit) = page();
    let (status, answer) = ask(&router, file("/api/music", Vec::new())).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["error"].as_str().is_some_and(|error| error.contains("?name=")), "{answer}");
    assert_eq!(ask(&router, file("/api/music?name=..", Vec::new())).await.0, StatusCode::BAD_REQUEST);
    let large = with(file("/api/music?name=a.mp3", Vec::new()), "content-length", "100001");
    assert_eq!(ask(&router, large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let foreign = with(file("/api/music?name=a.mp3", Vec::new()), "origin", "http://elsewhere.example");
    assert_eq!(ask(&router, foreign).await.0, StatusCode::FORBIDDEN);
    assert!(unit.music.try_recv().is_err(), "nobody was asked");

    // One that does not say how large it is, is told once it is too large.
    let pieces = (0..3).map(|_| Ok(Bytes::from(vec![0; 50_000]))).collect();
    let (status, _) = ask(&router, file("/api/music?name=a.mp3", pieces)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_refusal_ends_a_file_that_is_still_coming() {
    let (router, mut unit) = page();
    let endless = stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(b"on and on")));
    let keeper = async {
        let Some(MusicOrder::Begin { answer, .. }) = unit.music.recv().await else { panic!("no beginning") };
        answer.send(Err(MusicRefusal::Disk("The disk is full.".into()))).expect("somebody waits");
        while let Some(MusicOrder::Piece { .. }) = unit.music.recv().await {}
    };
    let coming = request(Method::POST, "/api/music?name=a.mp3", Body::from_stream(endless));
    let answer = tokio::select! {
        answer = ask(&router, coming) => answer,
        () = keeper => panic!("the unit has gone"),
    };
    assert_eq!(answer, (StatusCode::INSUFFICIENT_STORAGE, json!({ "error": "The disk is full." })));
}

#[tokio::test]
async fn files_at_once_are_limited_and_their_places_come_back() {
    let (router, _unit) = page();
    let endless = || {
        let never = stream::pending::<io::Result<Bytes>>();
        ask(&router, request(Method::POST, "/api/music?name=a.mp3", Body::from_stream(never)))
    };
    {
        let (first, second) = (endless(), endless());
        tokio::pin!(first, second);
        let third = async {
            tokio::task::yield_now().await;
            ask(&router, file("/api/music?name=b.mp3", Vec::new())).await
        };
        tokio::select! {
            biased;
            _ = &mut first => panic!("it never ends"),
            _ = &mut second => panic!("it never ends"),
            (status, _) = third => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE),
        }
    }
    let again = async {
        tokio::task::yield_now().await;
    };
    tokio::select! {
        biased;
        (status, answer) = endless() => panic!("{status}: {answer}"),
        () = again => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_never_ends_is_given_up() {
    let (router, _unit) = page();
    let never = stream::pending::<io::Result<Bytes>>();
    let (status, _) = ask(&router, request(Method::POST, "/api/music?name=a.mp3", Body::from_stream(never))).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn a_track_is_removed_by_its_number() {
    let (router, mut unit) = page();
    let keeper = async {
        for known in [true, false] {
            let Some(MusicOrder::Remove { number: 7, answer }) = unit.music.recv().await else { panic!("no order") };
            let absent = MusicRefusal::Absent("There is no track 7.".into());
            answer.send(if known { Ok(()) } else { Err(absent) }).expect("somebody waits");
        }
    };
    let asking = async {
        let delete = || request(Method::DELETE, "/api/music/7", Body::empty());
        assert_eq!(ask(&router, delete()).await.0, StatusCode::NO_CONTENT);
        let (status, answer) = ask(&router, delete()).await;
        assert_eq!((status, answer), (StatusCode::NOT_FOUND, json!({ "error": "There is no track 7." })));
        let (status, _) = ask(&router, request(Method::DELETE, "/api/music/seven", Body::empty())).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    };
    tokio::join!(keeper, asking);
}

#[tokio::test]
async fn a_unit_that_stops_says_so() {
    let (router, mut unit) = page();
    unit.music.close();
    assert_eq!(ask(&router, get("/api/music")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    let (status, _) = ask(&router, file("/api/music?name=a.mp3", Vec::new())).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}
