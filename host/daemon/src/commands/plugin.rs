//! `hearken plugin`: from a crate or a core module to a component, and what a component is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use hearken_egress::grant_toml;
use hearken_engine::asked_by;
use hearken_sandbox::{Folder, Needs, Plugin, Vouching};
use hearken_share::Part;
use hearken_webhook_auth::Signature;
use serde_json::{Value, json};

use super::plugin_diff;
use crate::{
    arguments::PluginCommand,
    output::{Exit, Misuse, answer, clean, heading, say},
    wire_up::{
        outlets::{put_secrets, rules},
        sandbox, share_grant,
    },
};

pub(super) async fn plugin(command: PluginCommand) -> anyhow::Result<Exit> {
    match command {
        PluginCommand::Build { path, out } => build(&path, out),
        PluginCommand::Diff { old, new, shown } => {
            let (old, new) = (load(&old).await?, load(&new).await?);
            answer(
                shown.format,
                || plugin_diff::told(&old, &new),
                || plugin_diff::as_json(&old, &new),
            )?;
            Ok(Exit::Done)
        }
        PluginCommand::Inspect { path, shown } => {
            let plugin = load(&path).await?;
            answer(shown.format, || described(&plugin, &path), || as_json(&plugin))?;
            Ok(Exit::Done)
        }
    }
}

/// Makes a component of each core module that `path` is or compiles to.
fn build(path: &Path, out: Option<PathBuf>) -> anyhow::Result<Exit> {
    let modules = if path.is_dir() {
        compile(path)?
    } else {
        vec![path.to_owned()]
    };
    if modules.len() > 1 && out.is_some() {
        return Err(Misuse(format!(
            "{} has {} plugins, and --out names one file",
            path.display(),
            modules.len()
        ))
        .into());
    }
    for module in modules {
        let component = component_of(&module)?;
        let target = match &out {
            Some(out) => out.clone(),
            None if path.is_dir() => PathBuf::from(plugin_name(&module)),
            None => module.with_extension("component.wasm"),
        };
        write(&target, &component)?;
        let inspection = hearken_sandbox::inspect(&target.display().to_string(), &component)?;
        say(&format!(
            "{}: {}, {} kB, sha256 {}\n",
            target.display(),
            inspection.roles,
            component.len().div_ceil(1000),
            inspection.digest
        ))?;
    }
    Ok(Exit::Done)
}

fn compile(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.join("Cargo.toml").is_file() {
        return Err(Misuse(format!("{} is no crate: it has no Cargo.toml", folder.display())).into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), PathBuf::from);
    let modules = hearken_build::compile(folder, &target, &[]);
    let modules = modules.with_context(|| format!("compiling the plugin in {}", folder.display()))?;
    if modules.is_empty() {
        bail!(
            "compiling {} gave no module: its crate type must be cdylib",
            folder.display()
        );
    }
    Ok(modules)
}

fn component_of(module: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    hearken_sandbox::componentize(&bytes).with_context(|| format!("making a component of {}", module.display()))
}

/// Cargo writes underscores where a crate's name has hyphens; plugins have hyphens.
fn plugin_name(module: &Path) -> String {
    module
        .file_name()
        .map(|n| n.to_string_lossy().replace('_', "-"))
        .unwrap_or_default()
}

/// Writes as a whole: a daemon that starts meanwhile never loads a half.
fn write(target: &Path, component: &[u8]) -> anyhow::Result<()> {
    let context = || format!("writing {}", target.display());
    let folder = target
        .parent()
        .filter(|f| !f.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(context)?;
    let file = tempfile::Builder::new()
        .permissions(readable())
        .tempfile_in(folder)
        .with_context(context)?;
    fs::write(file.path(), component).with_context(context)?;
    file.persist(target).with_context(context)?;
    Ok(())
}

/// As files usually are, less what the process's umask takes.
fn readable() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o644)
}

async fn load(path: &Path) -> anyhow::Result<std::sync::Arc<Plugin>> {
    // What is compiled here is of no use later, so it is kept nowhere.
    let cache = tempfile::tempdir().context("making a temporary folder")?;
    Ok(sandbox(cache.path().to_owned())?.load(path).await?)
}

fn described(plugin: &Plugin, path: &Path) -> String {
    let manifest = plugin.manifest();
    let needs = &manifest.needs;
    let mut text = heading(&format!("{} {}", manifest.name, manifest.version));
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("{name:<14} {}\n", clean(&value)));
        }
    };
    line("does", manifest.summary.clone());
    line("roles", plugin.roles().to_string());
    line("digest", format!("sha256 {}", plugin.digest()));
    line("imports", plugin.imports().join(", "));
    line("may say", needs.may_say.join(", "));
    line("may identify", identities(needs).join(", "));
    line("credentials", credentials(needs).join("; "));
    line("challenges", challenges(needs).join("; "));
    line(
        "open paths",
        needs
            .webhook
            .iter()
            .flat_map(|w| w.open.clone())
            .collect::<Vec<_>>()
            .join(", "),
    );
    line(
        "secrets",
        needs
            .secrets
            .iter()
            .map(|s| s.name.clone())
            .collect::<Vec<_>>()
            .join(", "),
    );
    line(
        "calls",
        rules(needs)
            .into_iter()
            .map(|rule| rule.map_or_else(|why| why, |rule| rule.to_string()))
            .collect::<Vec<_>>()
            .join("; "),
    );
    line("channels", needs.channels.join(", "));
    line(
        "folder",
        needs.folder.map(|f| folder_word(f).to_owned()).unwrap_or_default(),
    );
    let mail = if needs.mail { "sends it through a relay" } else { "" };
    line("mail", mail.to_owned());
    line("reads", reads(plugin).join("; "));
    text.push_str("\nto connect it:\n\n");
    text.push_str(&block(plugin, path));
    text
}

fn identities(needs: &Needs) -> Vec<String> {
    let word = |v: &Vouching| match v {
        Vouching::Claimed => "claimed",
        Vouching::Verified => "verified",
    };
    needs
        .may_identify
        .iter()
        .map(|(scheme, vouching)| format!("{scheme} ({})", word(vouching)))
        .collect()
}

fn credentials(needs: &Needs) -> Vec<String> {
    let all = needs.webhook.iter().flat_map(|w| &w.credentials);
    all.map(|c| {
        let of = if c.public { "public" } else { "secret" };
        let must = if c.optional { ", optional" } else { "" };
        let only = if c.challenges_only { ", for challenges" } else { "" };
        let signed = c.signature.as_ref().map(signed).unwrap_or_default();
        format!("{} ({of}{must}{only}{signed})", c.name)
    })
    .collect()
}

fn challenges(needs: &Needs) -> Vec<String> {
    let all = needs.webhook.iter().flat_map(|w| &w.challenges);
    all.map(|c| match &c.proved_by {
        Some(credential) => format!("{} (proved by {credential})", c.method),
        None => format!("{} (from anybody)", c.method),
    })
    .collect()
}

/// What a signature is over, for who decides whether to rely on it.
fn signed(signature: &Signature) -> String {
    let algorithm = signature.algorithm.as_str();
    let age = match &signature.timestamp {
        Some(timestamp) => format!("at most {} s old", timestamp.tolerance_s),
        None => "of any age".to_owned(),
    };
    format!(", {algorithm} over {}, {age}", signature.signed)
}

/// What of people it asks for.
fn reads(plugin: &Plugin) -> Vec<String> {
    let (roles, reads) = (plugin.roles(), &plugin.manifest().needs.reads);
    let mut all = Vec::new();
    if roles.scorer {
        all.push(format!("signals {}", reads.kinds.join(", ")));
    }
    if roles.scorer || roles.router || roles.sink {
        let asked = asked_by(reads);
        let lists = Part::ALL.map(|part| (part.key(), part.asked(&asked)));
        let lists = lists.iter().filter(|(_, names)| !names.is_empty());
        all.extend(lists.map(|(key, names)| format!("{key} {}", names.join(", "))));
    }
    all
}

fn folder_word(folder: Folder) -> &'static str {
    match folder {
        Folder::Read => "reads files of a folder",
        Folder::Create => "creates files in a folder",
    }
}

/// The TOML that connects the plugin: what it must be given, and its settings as comments.
fn block(plugin: &Plugin, path: &Path) -> String {
    let manifest = plugin.manifest();
    let name = &manifest.name;
    let mut text = format!("[connectors.{name}]\n");
    // Found by its name only where the file has it.
    let by_name = path.file_stem().is_some_and(|stem| stem.to_string_lossy() == *name);
    let named = if by_name {
        name.clone()
    } else {
        path.display().to_string()
    };
    text.push_str(&format!("plugin = {}\n", quoted(&named)));
    let needs = &manifest.needs;
    let inbound = needs
        .webhook
        .iter()
        .flat_map(|w| &w.credentials)
        .map(|c| (&c.name, c.optional));
    let outbound = needs.secrets.iter().map(|s| (&s.name, s.optional));
    for (secret, optional) in inbound.chain(outbound) {
        let variable = format!("{name}_{secret}").to_uppercase().replace('-', "_");
        let comment = if optional { "# " } else { "" };
        text.push_str(&format!(
            "{comment}secrets.{secret} = {{ env = {} }}\n",
            quoted(&variable)
        ));
    }
    if needs
        .webhook
        .iter()
        .flat_map(|w| &w.credentials)
        .any(|c| c.scheme().signs_url())
    {
        text.push_str(&format!(
            "public-url = {}\n",
            quoted(&format!("https://hooks.example.com/in/{name}"))
        ));
    }
    if needs.folder.is_some() {
        text.push_str(&format!("grants.folder = {}\n", quoted(&format!("data/{name}"))));
    }
    if needs.mail {
        text.push_str("grants.mail = \"main\"\n");
    }
    text.push_str(&http_grants(needs));
    if let Some(grant) = share_grant(plugin) {
        text.push_str("# of people, what it is not shown by default\n");
        text.push_str(&grant);
    }
    let settings = manifest.config_schema.get("properties").and_then(Value::as_object);
    if let Some(settings) = settings.filter(|s| !s.is_empty()) {
        text.push_str(&format!("\n[connectors.{name}.config]\n"));
        for (setting, schema) in settings {
            let about = schema.get("description").and_then(Value::as_str).unwrap_or_default();
            let about = about.lines().next().unwrap_or_default();
            let default = schema
                .get("default")
                .filter(|d| !d.is_null())
                .map_or_else(|| "…".to_owned(), Value::to_string);
            text.push_str(&format!(
                "# {} = {}  {}\n",
                clean(setting),
                clean(&default),
                clean(about)
            ));
        }
    }
    text
}

/// The grant for all that a plugin calls, with the secrets that it must have.
fn http_grants(needs: &Needs) -> String {
    let must = |name: &&str| {
        needs
            .secrets
            .iter()
            .any(|secret| secret.name == **name && !secret.optional)
    };
    let secrets: Vec<&str> = put_secrets(needs).filter(must).collect();
    let rules = rules(needs).into_iter().flatten();
    let entries: Vec<String> = rules
        .map(|rule| format!("    {},\n", grant_toml(&rule, secrets.iter().copied())))
        .collect();
    if entries.is_empty() {
        return String::new();
    }
    format!("grants.http = [\n{}]\n", entries.concat())
}

/// As a TOML basic string, whose escapes are those of JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn as_json(plugin: &Plugin) -> Value {
    let manifest = plugin.manifest();
    let roles = plugin.roles().to_string();
    json!({
        "name": manifest.name,
        "version": manifest.version,
        "summary": manifest.summary,
        "digest": plugin.digest(),
        "roles": roles.split(", ").collect::<Vec<_>>(),
        "imports": plugin.imports(),
        "needs": manifest.needs,
        "config_schema": manifest.config_schema,
    })
}
