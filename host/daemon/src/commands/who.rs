//! Who gives a command.

/// Who asks, as far as the system tells.
pub(super) fn who() -> String {
    let user = ["SUDO_USER", "USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    user.unwrap_or_else(|| "the command line".into())
}
