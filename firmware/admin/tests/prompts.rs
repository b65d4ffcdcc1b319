//! Own recordings over HTTP: what is asked of whoever keeps them, and how the answers come back.

mod support;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use orbitbox_admin::{Prompt, PromptOrder, PromptRefusal};
use serde_json::json;
use support::*;

fn request(method: Method, path: &str, body: Vec<u8>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("host", "unit.example:8080");
    request.body(Body::from(body)).expect("a request")
}

fn seven() -> Prompt {
    Prompt { language: "en".into(), name: "digits/7".into(), seconds: Some(0.6), fault: None }
}

#[tokio::test]
async fn recordings_are_told_taken_and_removed() {
    let (router, mut unit) = page();
    let keeper = async {
        let Some(PromptOrder::List(answer)) = unit.prompts.recv().await else { panic!("no list") };
        answer.send(Ok(vec![seven()])).expect("somebody waits");
        let Some(PromptOrder::Add { language, name, bytes, answer }) = unit.prompts.recv().await else {
            panic!("no file")
        };
        assert_eq!((language.as_str(), name.as_str(), bytes.as_ref()), ("en", "digits/7", b"RIFF".as_slice()));
        answer.send(Ok(seven())).expect("somebody waits");
        let Some(PromptOrder::Remove { language, name, answer }) = unit.prompts.recv().await else {
            panic!("no removal")
        };
        assert_eq!((language.as_str(), name.as_str()), ("en", "lots/annex"));
        answer.send(Ok(())).expect("somebody waits");
    };
    let asker = async {
        let told = json!({ "language": "en", "name": "digits/7", "seconds": 0.6 });
        assert_eq!(ask(&router, get("/api/prompts")).await, (StatusCode::OK, json!({ "prompts": [told] })));
        let add = request(Method::POST, "/api/prompts?language=en&as=digits/7", b"RIFF".to_vec());
        assert_eq!(ask(&router, add).await, (StatusCode::CREATED, told));
        let remove = request(Method::DELETE, "/api/prompts/en/lots/annex", Vec::new());
        assert_eq!(ask(&router, remove).await.0, StatusCode::NO_CONTENT);
    };
    tokio::join!(keeper, asker);
}

#[tokio::test]
async fn what_is_not_taken_is_told_in_words() {
    let (router, mut unit) = page();
    let nameless = ask(&router, request(Method::POST, "/api/prompts?language=en", Vec::new())).await;
    assert_eq!(nameless.0, StatusCode::BAD_REQUEST);
    let large = request(Method::POST, "/api/prompts?language=en&as=digits/7", vec![0; LARGEST as usize + 1]);
    assert_eq!(ask(&router, large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    for (refusal, status) in [
        (PromptRefusal::Unfit("nothing is heard on it".into()), StatusCode::UNPROCESSABLE_ENTITY),
        (PromptRefusal::Disk("full".into()), StatusCode::INSUFFICIENT_STORAGE),
        (PromptRefusal::Absent("gone".into()), StatusCode::NOT_FOUND),
    ] {
        let keeper = async {
            let Some(PromptOrder::Add { answer, .. }) = unit.prompts.recv().await else { panic!("no file") };
            answer.send(Err(refusal)).expect("somebody waits");
        };
        let add = request(Method::POST, "/api/prompts?language=en&as=digits/7", b"RIFF".to_vec());
        let ((told, why), ()) = tokio::join!(ask(&router, add), keeper);
        assert!(told == status && why["error"].is_string(), "{told} {why}");
    }
    drop(unit);
    assert_eq!(ask(&router, get("/api/prompts")).await.0, StatusCode::SERVICE_UNAVAILABLE);
}
