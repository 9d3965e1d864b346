//! Which request is which. SDKs build their URLs from a base that they are given, so the
//! paths below are what they append to `/in/{connector}`.

/// The calls of the Segment specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Who somebody is.
    Identify,
    /// What they did.
    Track,
    /// Which page they saw.
    Page,
    /// Which screen of an app they saw.
    Screen,
    /// Which company they belong to.
    Group,
    /// Under which id they were known before.
    Alias,
}

impl Call {
    /// From the word in a path or in a message's `type`. Browser SDKs shorten it to its
    /// first letter.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "identify" | "i" => Self::Identify,
            "track" | "t" => Self::Track,
            "page" | "p" => Self::Page,
            "screen" | "s" => Self::Screen,
            "group" | "g" => Self::Group,
            "alias" | "a" => Self::Alias,
            _ => return None,
        })
    }

    /// The word of the specification.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Track => "track",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }
}

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// To take one message, whose call the path names.
    One(Call),
    /// To take a batch of messages.
    Batch,
    /// To take what Segment's webhook destination sends: one message or a list of them,
    /// each of which says what it is.
    Webhook,
    /// The settings that Segment's browser SDK loads first.
    Settings {
        /// The write key as it stands in the path.
        write_key: String,
    },
    /// The settings that RudderStack's browser SDK loads first.
    SourceConfig,
    /// To take counters about the SDK itself, which nobody here wants.
    SdkMetrics,
    /// A path of ours, asked in a way that it does not answer.
    WrongMethod {
        /// The one that it answers.
        allowed: &'static str,
    },
    /// Nothing of ours.
    Unknown,
}

impl Route {
    /// Reads method and path. A slash at the end makes no difference.
    pub(crate) fn of(method: &str, path: &str) -> Self {
        let path = path.trim_end_matches('/');
        if let Some(write_key) = path
            .strip_prefix("/v1/projects/")
            .and_then(|rest| rest.strip_suffix("/settings"))
        {
            return Self::only(
                "GET",
                method,
                Self::Settings {
                    write_key: write_key.to_owned(),
                },
            );
        }
        match path {
            "/sourceConfig" | "/v1/sourceConfig" => Self::only("GET", method, Self::SourceConfig),
            "/v1/m" => Self::only("POST", method, Self::SdkMetrics),
            "/v1/batch" | "/v1/b" | "/v1/import" | "/beacon/v1/batch" => Self::only("POST", method, Self::Batch),
            "/v1/webhook" => Self::only("POST", method, Self::Webhook),
            path => match path.strip_prefix("/v1/").and_then(Call::from_word) {
                Some(call) => Self::only("POST", method, Self::One(call)),
                None => Self::Unknown,
            },
        }
    }

    fn only(allowed: &'static str, method: &str, route: Self) -> Self {
        if method == allowed {
            route
        } else {
            Self::WrongMethod { allowed }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_paths_name_the_same_call() {
        for (long, short) in [
            ("identify", "i"),
            ("track", "t"),
            ("page", "p"),
            ("screen", "s"),
            ("group", "g"),
            ("alias", "a"),
        ] {
            let route = Route::of("POST", &format!("/v1/{long}"));
            assert_eq!(route, Route::of("POST", &format!("/v1/{short}/")));
            assert!(matches!(route, Route::One(call) if call.as_str() == long));
        }
        for path in ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"] {
            assert_eq!(Route::of("POST", path), Route::Batch);
        }
    }

    #[test]
    fn settings_are_asked_for_with_the_key_in_the_path() {
        assert_eq!(
            Route::of("GET", "/v1/projects/key-1/settings"),
            Route::Settings {
                write_key: "key-1".to_owned()
            }
        );
        assert_eq!(Route::of("GET", "/sourceConfig/"), Route::SourceConfig);
        assert_eq!(Route::of("POST", "/v1/webhook"), Route::Webhook);
    }

    #[test]
    fn what_is_not_ours_is_unknown_and_a_wrong_method_is_told_the_right_one() {
        for path in ["", "/", "/v1", "/v1/", "/v2/track", "/v1/tracks", "/v1/track/more"] {
            assert_eq!(Route::of("POST", path), Route::Unknown, "{path}");
        }
        assert_eq!(Route::of("GET", "/v1/track"), Route::WrongMethod { allowed: "POST" });
        assert_eq!(
            Route::of("POST", "/v1/projects/k/settings"),
            Route::WrongMethod { allowed: "GET" }
        );
    }
}
