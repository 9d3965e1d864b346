//! What is known of destinations over reloads and restarts, and what an operator can do.

use std::time::{Duration, SystemTime};

use hearken_egress::{Code, Outlet, Use};

use crate::support::{Server, Wiring, get, send, with};

#[tokio::test]
async fn a_destination_stays_left_alone_over_a_reload_and_until_its_operator_says_so() {
    let server = Server::status(401).await;
    let wiring = |secret: &str| {
        Wiring::none()
            .secret("token", secret, Use::Header)
            .and(&server, &["token"])
            .open(&server)
    };
    let egress = wiring("generated-1").egress();
    let outlet = |secret: &str| egress.outlet(wiring(secret).spec).unwrap();
    let ask = async |outlet: &Outlet| {
        let placeholder = outlet.placeholders()["token"].clone();
        send(outlet, with(get(server.url("/")), "authorization", &placeholder)).await
    };
    let first = outlet("generated-1");
    for _ in 0..3 {
        assert_eq!(ask(&first).await.unwrap().status, 401);
    }
    assert!(egress.standing()[0].bytes.0 > 0);
    let second = outlet("generated-1");
    assert_eq!(ask(&second).await.unwrap_err().code, Code::BreakerOpen);
    let standing = egress.standing();
    assert_eq!(standing.len(), 1, "the newer one is shown: {standing:?}");
    let shown = &standing[0].destinations[0];
    let destination = format!("http://{}", server.address);
    assert_eq!(
        (shown.destination.as_str(), shown.condition.word()),
        (destination.as_str(), "needs-operator")
    );
    assert!(shown.again.is_some_and(|again| again > SystemTime::now()));
    assert_eq!(
        (standing[0].bytes.0, standing[0].in_flight),
        (0, (0, 8)),
        "{standing:?}"
    );

    egress.close("crm", &destination);
    assert_eq!(ask(&second).await.unwrap().status, 401, "its operator says so");
    for _ in 0..2 {
        assert_eq!(ask(&second).await.unwrap().status, 401);
    }
    assert_eq!(ask(&second).await.unwrap_err().code, Code::BreakerOpen);
    assert_eq!(
        ask(&outlet("generated-2")).await.unwrap().status,
        401,
        "there is another secret"
    );
}

#[tokio::test]
async fn what_a_daemon_before_found_is_known_to_the_next() {
    let server = Server::status(200).await;
    let wiring = Wiring::to(&server);
    let egress = wiring.egress();
    let destination = format!("http://{}", server.address);
    let again = SystemTime::now() + Duration::from_secs(600);
    let outlet = egress.outlet(wiring.spec).unwrap();
    egress.restore("crm", &destination, "it answered 401", again);
    let error = send(&outlet, get(server.url("/"))).await.unwrap_err();
    assert_eq!(error.code, Code::BreakerOpen);
    assert!(
        error.retry_after.is_some_and(|wait| wait > Duration::from_secs(590)),
        "{error:?}"
    );
    assert!(server.got().is_empty());
    egress.close("crm", &destination);
    assert_eq!(send(&outlet, get(server.url("/"))).await.unwrap().status, 200);
}
