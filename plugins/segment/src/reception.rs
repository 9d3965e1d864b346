//! Answers, as the SDKs read them: `success` for people, `code` and `message` for the logs
//! of those that print what went wrong.

use hearken_sdk::json::json;
use hearken_sdk::{Failure, Reception, Reject, Signal};

/// 200, whatever became of each message: a sender that is told otherwise sends all of them
/// again.
pub(crate) fn accepted(signals: Vec<Signal>, rejects: Vec<Reject>) -> Result<Reception, Failure> {
    Ok(Reception {
        signals,
        rejects,
        ..Reception::ok_json(&json!({"success": true}))?
    })
}

/// Refused as a whole. SDKs do not send again what was refused with a status between 400
/// and 499.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Result<Reception, Failure> {
    let answer = json!({"success": false, "code": code, "message": message});
    Ok(Reception {
        status,
        ..Reception::ok_json(&answer)?
    })
}
