//! The page's own files, compiled in.

use crate::web;
use axum::Router;
use axum::http::header;
use axum::routing::get;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const ASSETS: [(&str, &str, &str); 20] = [
    ("/", HTML, include_str!("page/index.html")),
    ("/page/icon.svg", SVG, include_str!("page/icon.svg")),
    ("/page/page.css", CSS, include_str!("page/page.css")),
    ("/page/unit.css", CSS, include_str!("page/unit.css")),
    ("/page/keys.css", CSS, include_str!("page/keys.css")),
    ("/page/music.css", CSS, include_str!("page/music.css")),
    ("/page/music.js", SCRIPT, include_str!("page/music.js")),
    ("/page/limits.css", CSS, include_str!("page/limits.css")),
    ("/page/limits.js", SCRIPT, include_str!("page/limits.js")),
    ("/page/ask.js", SCRIPT, include_str!("page/ask.js")),
    ("/page/update.js", SCRIPT, include_str!("page/update.js")),
    ("/page/page.js", SCRIPT, include_str!("page/page.js")),
    ("/page/unit.js", SCRIPT, include_str!("page/unit.js")),
    ("/page/digits.js", SCRIPT, include_str!("page/digits.js")),
    ("/page/keys.js", SCRIPT, include_str!("page/keys.js")),
    ("/page/live.js", SCRIPT, include_str!("page/live.js")),
    ("/page/sound.js", SCRIPT, include_str!("page/sound.js")),
    ("/page/wires.css", CSS, include_str!("page/wires.css")),
    ("/page/wires.js", SCRIPT, include_str!("page/wires.js")),
    ("/page/waiting.js", SCRIPT, include_str!("page/waiting.js")),
];

pub(crate) fn routes() -> Router<web::State> {
    ASSETS.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        let answer = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")];
        router.route(path, get(move || async move { (answer, text) }))
    })
}
