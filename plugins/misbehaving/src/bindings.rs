//! The contract without the SDK, because the SDK would not let this plugin do what it does.

#![allow(unsafe_code, missing_docs, unreachable_pub, clippy::all)]

wit_bindgen::generate!({
    path: "../../sdk/wit",
    inline: r#"
        package hearken-test:misbehaving;
        world misbehaving {
            include hearken:plugin/assesses@0.1.0;
            include hearken:plugin/is-told@0.1.0;
            include hearken:plugin/routes@0.1.0;
            include hearken:plugin/speaks@0.1.0;
        }
    "#,
    world: "hearken-test:misbehaving/misbehaving",
    generate_all,
});
