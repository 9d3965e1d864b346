//! What may be called: hosts, addresses, headers.

use axum::response::{IntoResponse, Redirect};
use hearken_egress::{Code, Outcome, Scheme};

use crate::support::{Server, Told, Wiring, denied, get, rule, send, with};

#[tokio::test]
async fn what_is_declared_and_granted_is_called() {
    let server = Server::ok().await;
    let (outlet, rows) = Wiring::to(&server).outlet();
    let answer = send(&outlet, get(server.url("/a?b=c"))).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"fine".as_slice()));
    assert_eq!(server.got()[0].uri.to_string(), "/a?b=c");
    let row = &rows.all()[0];
    assert_eq!(
        (row.connector.as_str(), row.host.as_str(), row.port),
        ("crm", "127.0.0.1", server.address.port())
    );
    assert_eq!(
        (row.method.as_str(), row.path.as_str(), row.outcome),
        ("GET", "/a", Outcome::Status(200))
    );
    assert!(row.bytes_out > 0 && row.bytes_in >= 4);
}

#[tokio::test]
async fn what_is_not_both_declared_and_granted_is_denied_before_any_lookup() {
    let (server, told) = (Server::ok().await, Told::saying(&[&["127.0.0.1"]]));
    let mut wiring = Wiring::to(&server).looking_up(&told);
    wiring
        .spec
        .declared
        .push(rule(Scheme::Https, "declared.example", 443, "/"));
    let granted = rule(Scheme::Https, "granted.example", 443, "/");
    wiring.spec.granted.push(hearken_egress::Grant {
        rule: granted,
        secrets: Default::default(),
    });
    let (outlet, rows) = wiring.outlet();
    assert!(
        denied(&outlet, get("https://declared.example/"))
            .await
            .contains("is not granted")
    );
    assert!(
        denied(&outlet, get("https://granted.example/"))
            .await
            .contains("does not declare")
    );
    for url in [
        "https://neither.example/",
        "http://declared.example/",
        "https://declared.example:444/",
        "nonsense",
        "https://u:p@declared.example/",
    ] {
        denied(&outlet, get(url)).await;
    }
    let mut odd = get(server.url("/"));
    odd.method = "CONNECT".into();
    denied(&outlet, odd).await;
    assert!(told.asked().is_empty() && server.got().is_empty());
    assert!(
        rows.all()
            .iter()
            .all(|row| row.outcome == Outcome::Failed(Code::Denied))
    );
    assert_eq!(rows.all().len(), 8, "each denial has its row");
}

#[tokio::test]
async fn an_address_in_numbers_is_denied_in_every_notation() {
    let (server, told) = (Server::ok().await, Told::saying(&[&["127.0.0.1"]]));
    let port = server.address.port();
    let mut wiring = Wiring::none().looking_up(&told);
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
    ] {
        wiring = wiring.host(host, port, &[]);
    }
    let (outlet, _) = wiring.outlet();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "１２７.０.０.１",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "0xa.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "0",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
    ] {
        let why = denied(&outlet, get(format!("http://{host}:{port}/"))).await;
        assert!(why.contains(" is "), "{host}: {why}");
    }
    assert!(told.asked().is_empty() && server.got().is_empty());
}

#[tokio::test]
async fn an_opened_address_is_opened_with_its_port_alone() {
    let (server, other) = (Server::ok().await, Server::ok().await);
    let (outlet, _) = Wiring::to(&server).and(&other, &[]).outlet();
    assert_eq!(send(&outlet, get(server.url("/"))).await.unwrap().status, 200);
    assert_eq!(
        send(&outlet, get(format!("http://127.1:{}/", server.address.port())))
            .await
            .unwrap()
            .status,
        200
    );
    denied(&outlet, get(other.url("/"))).await;
    assert!(other.got().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_denied() {
    for address in [
        "127.0.0.1",
        "10.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "fd00::1",
        "169.254.169.254",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ] {
        let (server, told) = (Server::ok().await, Told::saying(&[&[address]]));
        let port = server.address.port();
        let (outlet, rows) = Wiring::none().host("crm.example", port, &[]).looking_up(&told).outlet();
        let why = denied(&outlet, get(format!("http://crm.example:{port}/"))).await;
        assert!(why.contains("'crm.example' is at"), "{why}");
        assert!(server.got().is_empty());
        assert_eq!(rows.all()[0].outcome, Outcome::Failed(Code::Denied));
    }
}

#[tokio::test]
async fn a_name_is_connected_to_at_the_address_that_was_checked() {
    // Whoever looked it up again before connecting would get the second answer.
    let (server, told) = (
        Server::ok().await,
        Told::saying(&[&["127.0.0.1"], &["127.0.0.2"], &["10.0.0.1"]]),
    );
    let port = server.address.port();
    let (outlet, _) = Wiring::none()
        .host("crm.example", port, &[])
        .open(&server)
        .looking_up(&told)
        .outlet();
    let url = format!("http://crm.example:{port}/");
    assert_eq!(send(&outlet, get(&url)).await.unwrap().status, 200);
    assert_eq!(told.asked(), ["crm.example"], "looked up once for a connection");
    assert_eq!(server.got()[0].headers["host"], format!("crm.example:{port}"));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_passed_are_used() {
    let (server, told) = (
        Server::ok().await,
        Told::saying(&[&["10.0.0.1", "169.254.169.254", "127.0.0.1"]]),
    );
    let port = server.address.port();
    let (outlet, _) = Wiring::none()
        .host("crm.example", port, &[])
        .open(&server)
        .looking_up(&told)
        .outlet();
    assert_eq!(
        send(&outlet, get(format!("http://crm.example:{port}/")))
            .await
            .unwrap()
            .status,
        200
    );
}

#[tokio::test]
async fn a_name_without_an_address_and_an_address_without_a_server_arrive_nowhere() {
    let (outlet, _) = Wiring::none().host("nowhere.example", 80, &[]).outlet();
    let error = send(&outlet, get("http://nowhere.example/")).await.unwrap_err();
    assert_eq!((error.code, error.may_have_arrived), (Code::Dns, false));
    let server = Server::ok().await;
    let mut wiring = Wiring::none().host("127.0.0.1", 1, &[]);
    wiring.spec.allow_private.push("127.0.0.1:1".parse().unwrap());
    let (outlet, _) = wiring.outlet();
    let error = send(&outlet, get("http://127.0.0.1:1/")).await.unwrap_err();
    assert_eq!((error.code, error.may_have_arrived), (Code::Connect, false));
    assert!(server.got().is_empty());
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let target = Server::ok().await;
    let there = target.url("/");
    let server = Server::answering(move |_| Redirect::temporary(&there).into_response()).await;
    let (outlet, _) = Wiring::to(&server).and(&target, &[]).open(&target).outlet();
    let answer = send(&outlet, get(server.url("/"))).await.unwrap();
    assert_eq!(answer.status, 307);
    assert!(answer.headers.iter().any(|(name, _)| name == "location"));
    assert!(target.got().is_empty());
}

#[tokio::test]
async fn headers_of_the_way_cannot_be_set() {
    let server = Server::ok().await;
    let (outlet, _) = Wiring::to(&server).outlet();
    for (name, value) in [
        ("Host", "evil.example"),
        ("host", "evil.example"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close, x-real-ip"),
        ("Upgrade", "websocket"),
        ("TE", "trailers"),
        ("Expect", "100-continue"),
        ("Proxy-Authorization", "Basic x"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1"),
        ("X-Real-IP", "127.0.0.1"),
        ("Via", "1.1 x"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("a\r\nhost", "evil.example"),
        ("a", "b\r\nhost: evil.example"),
        ("a b", "c"),
        ("", "c"),
    ] {
        denied(&outlet, with(get(server.url("/")), name, value)).await;
    }
    assert!(server.got().is_empty());
    send(&outlet, with(get(server.url("/")), "Accept-Encoding", "zstd"))
        .await
        .unwrap();
    assert_eq!(
        server.got()[0].headers["accept-encoding"],
        "gzip, deflate, br",
        "how it is packed is the host's affair"
    );
}
