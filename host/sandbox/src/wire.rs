wasmtime::component::bindgen!({
    path: "../../sdk/wit",
    world: "everything",
    imports: { default: async },
    exports: { default: async },
    additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    wasmtime_crate: wasmtime,
});
