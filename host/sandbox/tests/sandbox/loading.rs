use std::{fs, time::Instant};

use hearken_sandbox::{Class, Fault, LoadError, Sandbox};

use crate::support::{World, component, options, settings, spec};

#[tokio::test]
async fn a_plugin_says_what_it_is() {
    let world = World::new().await;
    let plugin = &world.plugin;
    assert_eq!(plugin.manifest().name, "misbehaving");
    assert_eq!(plugin.roles().to_string(), "webhook, scorer, router, sink");
    assert_eq!(plugin.digest().len(), 64);
    assert!(plugin.imports().iter().all(|i| i.starts_with("hearken:plugin/")));
}

#[tokio::test]
async fn what_is_not_a_plugin_is_refused_with_its_reason() {
    let sandbox = Sandbox::new(options()).unwrap();
    let whole = fs::read(component("misbehaving")).unwrap();
    let load = |bytes: Vec<u8>| sandbox.load_bytes("x.wasm", bytes);
    let half = load(whole[..whole.len() / 2].to_vec()).await.unwrap_err();
    assert!(matches!(half, LoadError::Damaged { .. }), "{half}");
    let module = load(wat::parse_str("(module)").unwrap()).await.unwrap_err();
    assert!(matches!(module, LoadError::CoreModule { .. }), "{module}");
    let text = load(b"hello".to_vec()).await.unwrap_err();
    assert!(matches!(text, LoadError::NotWasm { .. }), "{text}");
    let empty = load(Vec::new()).await.unwrap_err();
    assert!(matches!(empty, LoadError::NotWasm { .. }), "{empty}");
    let missing = sandbox.load(std::path::Path::new("no-such.wasm")).await;
    assert!(matches!(missing.unwrap_err(), LoadError::Read { .. }));
}

#[tokio::test]
async fn a_function_of_another_type_is_found_when_loading() {
    let sandbox = Sandbox::new(options()).unwrap();
    let bytes = wat::parse_str(
        r#"(component
          (core module $m (func (export "f")))
          (core instance $i (instantiate $m))
          (func $f (canon lift (core func $i "f")))
          (instance $p (export "describe" (func $f)) (export "check" (func $f))
                       (export "configure" (func $f)))
          (instance $s (export "assess" (func $f)))
          (export "hearken:plugin/plugin@0.1.0" (instance $p))
          (export "hearken:plugin/scorer@0.1.0" (instance $s)))"#,
    )
    .unwrap();
    let error = sandbox.load_bytes("x.wasm", bytes).await.unwrap_err();
    assert!(error.to_string().contains("another type"), "{error}");
}

#[tokio::test]
async fn code_that_does_not_validate_is_refused() {
    let sandbox = Sandbox::new(options()).unwrap();
    let mut bytes = fs::read(component("misbehaving")).unwrap();
    // Function bodies are not looked at before the compiler does.
    let middle = bytes.len() / 3;
    for byte in &mut bytes[middle..middle + 64] {
        *byte = 0xff;
    }
    assert!(sandbox.load_bytes("x.wasm", bytes).await.is_err());
}

#[tokio::test]
async fn a_warm_cache_spares_the_compiler() {
    let folder = tempfile::tempdir().unwrap();
    let cache = |io| hearken_sandbox::SandboxOptions {
        cache_dir: folder.path().join("cache"),
        ..hearken_sandbox::SandboxOptions::new("unused".into(), io)
    };
    let mut took = Vec::new();
    for _ in 0..2 {
        let sandbox = Sandbox::new(cache(tokio::runtime::Handle::current())).unwrap();
        let began = Instant::now();
        sandbox.load(&component("misbehaving")).await.unwrap();
        took.push(began.elapsed());
    }
    assert!(took[1] * 2 < took[0], "cold {:?}, warm {:?}", took[0], took[1]);
    let files = fs::read_dir(folder.path().join("cache")).unwrap().count();
    assert_eq!(files, 1);
}

#[tokio::test]
async fn a_bad_configuration_is_found_when_connecting() {
    let world = World::new().await;
    let fault = world.try_connect(spec("bad-config")).await.unwrap_err();
    assert_eq!(fault.class(), Class::Config);
    assert!(fault.to_string().contains("never right"), "{fault}");
}

#[tokio::test]
async fn nothing_but_log_can_be_used_while_configuring() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mut early = spec("early-create");
    early.grants.folder = Some(folder.path().to_owned());
    let fault = world.try_connect(early).await.unwrap_err();
    assert_eq!(fault.class(), Class::Denied, "{fault}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn check_reports_problems_and_is_limited() {
    let world = World::new().await;
    assert_eq!(world.plugin.check(settings("good")).await.unwrap(), []);
    let problems = world.plugin.check(settings("check")).await.unwrap();
    assert_eq!(problems[0].0, "/mode");
    let fault = world.plugin.check(settings("spin")).await.unwrap_err();
    assert!(matches!(fault, Fault::OutOfCpu { .. }), "{fault}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_found_when_connecting() {
    let world = World::new().await;
    let mut wrong = spec("good");
    wrong.grants.folder = Some("no/such/folder".into());
    let fault = world.try_connect(wrong).await.unwrap_err();
    assert_eq!(fault.class(), Class::Config);
    assert!(fault.to_string().contains("no/such/folder"), "{fault}");
}
