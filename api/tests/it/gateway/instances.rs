//! Two instances of the API with one Redis, which the tests start themselves.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api::Settings;
use axum::Router;
use tempfile::TempDir;

use crate::house::{Answer, DATES, ELSEWHERE, House, ask, date, send_json, value};

/// How long a server may take until it answers.
const START_MAX: Duration = Duration::from_secs(30);

struct Redis {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Redis {
    fn start() -> Redis {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let folder = TempDir::new().expect("a folder");
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
        let process = command
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server starts; ./test installs it from Debian's packages");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < START_MAX, "redis-server does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Redis { process, port, _folder: folder }
    }

    fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

fn settings(redis: &Redis) -> Settings {
    Settings {
        token: Some("right-token".into()),
        requests_per_minute: 5,
        anonymous_requests_per_minute: 3,
        look_again_ms: 0,
        redis_url: Some(format!("redis://127.0.0.1:{}/0", redis.port).into()),
        ..Settings::default()
    }
}

async fn bearing(router: &Router, path: &str, peer: &str) -> Answer {
    ask(router.clone(), path, peer, &[("authorization", "Bearer right-token")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_count_as_one() {
    let redis = Redis::start();
    let house = House::with_portfolio().await;
    let routers = [(); 2].map(|()| house.router_with(&settings(&redis)).expect("a router"));
    for (turn, left) in (0..5).rev().enumerate() {
        let answer = bearing(&routers[turn % 2], "/portfolios", ELSEWHERE).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("ratelimit").starts_with(&format!("\"caller\";r={left};t=")), "{left}");
    }
    for router in &routers {
        let refused = bearing(router, "/portfolios", ELSEWHERE).await;
        refused.problem(429);
        // Five a minute are one in twelve seconds.
        assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("12", "\"caller\";r=0;t=60"));
    }
    for (turn, status) in [200, 200, 200, 429, 429].into_iter().enumerate() {
        let answer = ask(routers[turn % 2].clone(), "/openapi.json", "192.0.2.9:1", &[]).await;
        assert_eq!(answer.status, status, "{turn}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_one_instance_is_that_of_the_other_until_a_night_writes() {
    let redis = Redis::start();
    let house = House::with_values().await;
    let routers = [(); 2].map(|()| house.router_with(&settings(&redis)).expect("a router"));
    let path = "/portfolios/D03/valuations";
    let [one, other] = [bearing(&routers[0], path, ELSEWHERE).await, bearing(&routers[1], path, ELSEWHERE).await];
    assert_eq!((one.status, &one.body, one.header("etag")), (other.status, &other.body, other.header("etag")));
    let values = [value(DATES[0], "100000"), value(DATES[1], "100999")];
    let (from, to) = (date(DATES[0]), date(DATES[1]));
    house.lake.replace_dates(from, to, &values, &lake::WriteKey::new("another", 2)).await.expect("written");
    for router in &routers {
        let answer = bearing(router, path, ELSEWHERE).await;
        assert_eq!(answer.json()["items"][1]["market_value"], "100999");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_redis_an_instance_answers_and_nobody_signs_in() {
    let mut redis = Redis::start();
    let house = House::with_values().await;
    let router = house.router_with(&settings(&redis)).expect("a router");
    let login = async || {
        let body = Some(r#"{"email":"anna@example.org","password":"seven purple lamps at noon"}"#);
        send_json(router.clone(), ("POST", "/login"), "192.0.2.9:1", &[], body).await
    };
    // The house has no users; that is known only to those whose request is admitted.
    assert_eq!(login().await.problem(404)["type"], "urn:financr:problem:no-identity");
    redis.stop();
    assert_eq!(login().await.problem(503)["type"], "urn:financr:problem:unavailable");
    let valued = bearing(&router, "/portfolios/D03/valuations", ELSEWHERE).await;
    assert_eq!((valued.status.as_u16(), valued.json()["items"].as_array().map(Vec::len)), (200, Some(2)));
    for status in [200, 200, 200, 200, 429] {
        assert_eq!(bearing(&router, "/portfolios", ELSEWHERE).await.status, status, "it counts for itself");
    }
    assert_eq!(login().await.problem(503)["type"], "urn:financr:problem:unavailable");
}

#[tokio::test]
async fn an_address_that_is_none_of_a_redis_is_refused_without_being_repeated() {
    let house = House::empty().await;
    let wrong = Settings { redis_url: Some("http://:secret-word@127.0.0.1/".into()), ..Settings::default() };
    let error = house.router_with(&wrong).expect_err("refused").to_string();
    assert!(error.contains("FINANCR_REDIS_URL") && !error.contains("secret-word"), "{error}");
}
