//! Lines for the operator's log, with fields. Volume is limited per call; never a secret
//! in them, and nothing that identifies a person.
//!
//! ```
//! use hearken_sdk::log;
//!
//! let skipped = 3;
//! log::warn!("skipped records without an id", skipped, first = "line 12");
//! ```

#[doc(inline)]
pub use crate::{
    __log_debug as debug, __log_error as error, __log_info as info, __log_trace as trace, __log_warn as warn,
};

/// Writes one line. The macros are nicer.
pub fn write(level: &str, message: &str, fields: &[(&str, &dyn std::fmt::Display)]) {
    let fields: Vec<(String, String)> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.to_string()))
        .collect();
    #[cfg(target_arch = "wasm32")]
    crate::bindings::hearken::plugin::log::write(level, message, &fields);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::logged(level, message, fields);
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_line {
    ($level:literal, $message:expr $(, $field:ident $(= $value:expr)?)* $(,)?) => {
        $crate::log::write($level, &$message, &[
            $((stringify!($field), $crate::__log_value!($field $(= $value)?))),*
        ])
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_value {
    ($field:ident) => {
        &$field as &dyn std::fmt::Display
    };
    ($field:ident = $value:expr) => {
        &$value as &dyn std::fmt::Display
    };
}

/// Something is lost or wrong, and an operator should act.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error {
    ($($line:tt)+) => {
        $crate::__log_line!("error", $($line)+)
    };
}

/// Something is odd, and the work goes on.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn {
    ($($line:tt)+) => {
        $crate::__log_line!("warn", $($line)+)
    };
}

/// Something that an operator wants to know once.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info {
    ($($line:tt)+) => {
        $crate::__log_line!("info", $($line)+)
    };
}

/// For whoever looks into a problem.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug {
    ($($line:tt)+) => {
        $crate::__log_line!("debug", $($line)+)
    };
}

/// For whoever develops the plugin.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_trace {
    ($($line:tt)+) => {
        $crate::__log_line!("trace", $($line)+)
    };
}
