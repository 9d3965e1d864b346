//! Ways that are not the plain one: encrypted, through a proxy, not HTTP.

use std::sync::{Arc, Mutex};

use base64::{Engine, prelude::BASE64_STANDARD};
use hearken_egress::{Code, Grant, Outcome, ProxySpec, Scheme};
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
    wiring.spec.proxy = Some(ProxySpec {
        url: format!("http://proxy.example:{}", proxy.address.port())
            .parse()
            .unwrap(),
        login: None,
    });
    let (outlet, _) = wiring.outlet();
    assert_eq!(send(&outlet, get("http://crm.example/x")).await.unwrap().status, 200);
    assert_eq!(told.asked(), ["proxy.example"]);
    assert_eq!(proxy.got()[0].uri.to_string(), "http://crm.example/x");
    for url in ["http://elsewhere.example/", "http://10.0.0.1/"] {
        assert_eq!(send(&outlet, get(url)).await.unwrap_err().code, Code::Denied, "{url}");
    }
    assert_eq!(proxy.got().len(), 1);
}

/// A proxy that passes on whoever logs in as `user`, with `password`; and what it was asked for.
async fn proxy(user: &str, password: &str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let login = BASE64_STANDARD.encode(format!("{user}:{password}"));
    let wanted = format!("proxy-authorization: basic {login}").to_ascii_lowercase();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&asked);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (wanted, kept) = (wanted.clone(), Arc::clone(&kept));
            tokio::spawn(async move {
                let head = head(&mut stream).await;
                kept.lock().unwrap().push(head.clone());
                if !head.to_ascii_lowercase().contains(&wanted) {
                    let refused = format!("you sent {head}");
                    let length = refused.len();
                    let answer = format!(
                        "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\
                         content-length: {length}\r\n\r\n{refused}"
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                } else if let Some(to) = head.strip_prefix("CONNECT ") {
                    // It looks names up, all of which are this machine here.
                    let port = to.split([':', ' ']).nth(1).unwrap().parse::<u16>().unwrap();
                    let mut vendor = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    stream.write_all(b"HTTP/1.1 200 Established\r\n\r\n").await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut vendor).await;
                } else {
                    let body = format!("passed on {head}");
                    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            });
        }
    });
    (port, asked)
}

async fn head(stream: &mut tokio::net::TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(read).unwrap()
}

const USER: &str = "generated-user";
const PASSWORD: &str = "generated-password";

fn through(port: u16, password: &str) -> ProxySpec {
    ProxySpec {
        url: format!("http://127.0.0.1:{port}").parse().unwrap(),
        login: Some((USER.into(), password.to_owned().into())),
    }
}

#[tokio::test]
async fn whoever_logs_in_at_a_proxy_is_passed_on_and_nobody_sees_the_password() {
    let (vendor, pem) = encrypted().await;
    let (port, asked) = proxy(USER, PASSWORD).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pem).unwrap();
    let mut wiring = to(vendor).host("plain.example", 80, &[]);
    wiring.spec.ca_file = Some(file.path().to_owned());
    wiring.spec.proxy = Some(through(port, PASSWORD));
    let spec = format!("{:?}", wiring.spec);
    let (outlet, rows) = wiring.outlet();

    let url = format!("https://crm.example:{vendor}/");
    assert_eq!(send(&outlet, get(url)).await.unwrap().body, b"ok");
    let tunnel = asked.lock().unwrap()[0].clone();
    assert!(
        tunnel.starts_with(&format!("CONNECT crm.example:{vendor} ")),
        "{tunnel}"
    );

    // Such a proxy sees the whole request, and could tell what it was sent.
    let answer = send(&outlet, get("http://plain.example/x")).await.unwrap();
    let body = String::from_utf8(answer.body).unwrap();
    assert!(
        body.contains("GET http://plain.example/x") && body.contains("***"),
        "{body}"
    );
    let login = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
    for shown in [body, spec, format!("{outlet:?}"), format!("{:?}", rows.all())] {
        assert!(!shown.contains(PASSWORD) && !shown.contains(&login), "{shown}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_its_login_is_no_vendor() {
    let (vendor, _) = encrypted().await;
    let (port, _) = proxy(USER, PASSWORD).await;
    let mut wiring = to(vendor).host("plain.example", 80, &[]);
    wiring.spec.proxy = Some(through(port, "generated-other"));
    let (outlet, rows) = wiring.outlet();
    for url in [format!("https://crm.example:{vendor}/"), "http://plain.example/".into()] {
        let error = send(&outlet, get(url.clone())).await.unwrap_err();
        assert_eq!(
            (error.code, error.may_have_arrived),
            (Code::Connect, false),
            "{url}: {error}"
        );
        assert!(error.message.contains("proxy"), "{url}: {error}");
    }
    let shown = format!("{:?}", rows.all());
    assert!(!shown.contains("generated-other"), "{shown}");
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
