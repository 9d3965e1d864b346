//! Ways that are not the plain one: encrypted, through a proxy, not HTTP.

use std::sync::Arc;

use hearken_egress::{Code, Grant, Outcome, Scheme};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{TlsAcceptor, rustls};

use crate::support::{Server, Told, Wiring, get, rule, send};

/// A server with a certificate for `crm.example` of its own authority, which is returned in
/// PEM.
async fn encrypted() -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(vec!["crm.example".into()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
                .await;
            let _ = stream.shutdown().await;
        }
    });
    (port, made.cert.pem())
}

fn to(port: u16) -> Wiring {
    let mut wiring = Wiring::none().looking_up(&Told::saying(&[&["127.0.0.1"]]));
    for host in ["crm.example", "other.example"] {
        let rule = rule(Scheme::Https, host, port, "/");
        wiring.spec.declared.push(rule.clone());
        wiring.spec.granted.push(Grant {
            rule,
            secrets: Default::default(),
        });
    }
    wiring
        .spec
        .allow_private
        .push(format!("127.0.0.1:{port}").parse().unwrap());
    wiring
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_for_the_names_it_vouches_for() {
    let (port, pem) = encrypted().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pem).unwrap();
    let mut wiring = to(port);
    wiring.spec.ca_file = Some(file.path().to_owned());
    let (outlet, _) = wiring.outlet();
    let answer = send(&outlet, get(format!("https://crm.example:{port}/")))
        .await
        .unwrap();
    assert_eq!(answer.body, b"ok");
    let error = send(&outlet, get(format!("https://other.example:{port}/")))
        .await
        .unwrap_err();
    assert_eq!((error.code, error.may_have_arrived), (Code::Tls, false), "{error}");
    let (outlet, _) = to(port).outlet();
    let error = send(&outlet, get(format!("https://crm.example:{port}/")))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code, error.may_have_arrived),
        (Code::Tls, false),
        "the system's do not vouch: {error}"
    );
}

#[test]
fn a_file_without_certificates_is_no_authority() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut wiring = Wiring::none();
    wiring.spec.ca_file = Some(file.path().to_owned());
    assert!(wiring.egress().outlet(wiring.spec).is_err());
}

#[tokio::test]
async fn behind_a_proxy_names_are_guarded_and_the_proxy_looks_them_up() {
    let (proxy, told) = (Server::ok().await, Told::saying(&[&["127.0.0.1"]]));
    let mut wiring = Wiring::none()
        .host("crm.example", 80, &[])
        .host("10.0.0.1", 80, &[])
        .looking_up(&told);
    wiring.spec.proxy = Some(
        format!("http://proxy.example:{}", proxy.address.port())
            .parse()
            .unwrap(),
    );
    let (outlet, _) = wiring.outlet();
    assert_eq!(send(&outlet, get("http://crm.example/x")).await.unwrap().status, 200);
    assert_eq!(told.asked(), ["proxy.example"]);
    assert_eq!(proxy.got()[0].uri.to_string(), "http://crm.example/x");
    for url in ["http://elsewhere.example/", "http://10.0.0.1/"] {
        assert_eq!(send(&outlet, get(url)).await.unwrap_err().code, Code::Denied, "{url}");
    }
    assert_eq!(proxy.got().len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_not_http_is_checked_pinned_and_noted() {
    let wiring = Wiring::none().looking_up(&Told::saying(&[
        &["169.254.169.254", "127.0.0.1", "192.0.2.1"],
        &["169.254.169.254"],
    ]));
    let egress = wiring.egress();
    let connecting = egress.connect("relay main", "relay.example", 25).await.unwrap();
    assert_eq!(connecting.addresses(), ["127.0.0.1:25".parse().unwrap()]);
    connecting.told(Ok(())).await;
    let connecting = egress.connect("relay main", "127.0.0.1", 25).await.unwrap();
    connecting.told(Err("nobody is there".into())).await;
    for host in [
        "relay.example",
        "169.254.169.254",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "0xa9fea9fe",
    ] {
        let refused = egress.connect("relay main", host, 25).await;
        assert_eq!(refused.err().map(|error| error.code), Some(Code::Denied), "{host}");
    }
    let rows = wiring.rows.all();
    assert_eq!(rows.len(), 7);
    assert_eq!(
        (rows[0].method.as_str(), rows[0].outcome),
        ("CONNECT", Outcome::Status(0))
    );
    assert_eq!(rows[1].outcome, Outcome::Failed(Code::Connect));
    assert_eq!(rows[6].outcome, Outcome::Failed(Code::Denied));
}
