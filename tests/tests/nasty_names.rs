//! Names that have broken something somewhere, through everything that shows a name: each
//! output is a row of [`OUTPUTS`], each name goes through all of them.

use hearken_tests::{Daemon, Folder, NASTY_NAMES, NastyName, Relay, SERVER_KEY, hearken};
use serde_json::{Value, json};

const STORY: &str = r#"+++
title = "Generated for this test"
topics = ["roi"]
channels = ["email"]
answers = [{ name = "roi", text = "What it returns" }, { name = "security", text = "Who can read it" }]
subject = "{{ first_name | default(\"You\") }}, in numbers"

[fallbacks]
first_name = "there"
+++
# Hello {{ first_name }}!

- **{{ first_name }}**, see [this page](https://example.com/roi?for={{ first_name }}).
- `{{ first_name }}`

{{ first_name }}
"#;

/// A person whom the daemon knows and has asked the question.
struct Told<'f> {
    folder: &'f Folder,
    name: NastyName,
    user: String,
    /// What the sink was given.
    action: Value,
    /// What the question's link shows.
    page: String,
    /// What another library reads in the mail.
    mail: Value,
}

/// What must hold in an output.
type Holds = fn(&Told<'_>);

/// Everything that shows a name, and what must hold there.
const OUTPUTS: [(&str, Holds); 10] = [
    ("the HTML of a message", html),
    ("the plain text of a message", plain),
    ("the subject of a message", subject),
    ("the Markdown of a message", markdown),
    ("the headers of a mail", mail_headers),
    ("the parts of a mail", mail_parts),
    ("the page of a question", page_of_a_question),
    ("a preview as a page", page_of_a_preview),
    ("a terminal", terminal),
    ("JSON", as_json),
];

#[test]
fn nasty_names_are_text_wherever_they_are_shown() {
    let folder = asking(Folder::with_links());
    let daemon = Daemon::start(&folder);
    identify_everybody(&daemon);
    let actions = folder.sent(NASTY_NAMES.len());
    let mails = mails();
    let told: Vec<Told<'_>> = NASTY_NAMES
        .into_iter()
        .enumerate()
        .map(|(number, name)| {
            let address = address(number);
            let action = actions.iter().find(|action| action["to"][0]["value"] == *address);
            let action = action.expect("an action for everybody").clone();
            let mail = mails.iter().find(|mail| mail["to"][0][1] == *address);
            Told {
                folder: &folder,
                name,
                user: format!("user:u{number}"),
                page: daemon.open(&action["answers"][0]["url"]).body,
                mail: mail.expect("a mail for everybody").clone(),
                action,
            }
        })
        .collect();
    daemon.stop();
    for told in told {
        for (output, holds) in OUTPUTS {
            println!("{}: {output}", told.name.what);
            holds(&told);
        }
    }
}

/// That asks everybody the question, with its links as they were written.
fn asking(folder: Folder) -> Folder {
    folder.write("stories/roi-in-numbers.md", STORY);
    folder.change("tell:roi-in-numbers", "ask:roi-in-numbers");
    folder.change("[links]", "[links]\ntracking = false");
    folder.change(
        "[vocabulary.topics.roi]",
        "[vocabulary.topics.security]\nwords = [\"security\"]\n\n[vocabulary.topics.roi]",
    );
    folder
}

fn address(number: usize) -> String {
    format!("p{number}@example.com")
}

fn identify_everybody(daemon: &Daemon<'_>) {
    for (number, name) in NASTY_NAMES.iter().enumerate() {
        let traits = json!({ "email": address(number), "firstName": name.arrives, "lastName": name.arrives });
        let identify = json!({ "messageId": format!("i-{number}"), "userId": format!("u{number}"), "traits": traits });
        let answer = daemon.track("identify", SERVER_KEY, &identify);
        assert_eq!(answer.status, 200, "{}", name.what);
    }
}

/// The same question to the same people by mail, as Python's library reads it.
fn mails() -> Vec<Value> {
    let relay = Relay::start();
    let folder = Folder::that_mails("plugin = \"smtp\"", relay.port(), "tls = \"none\"");
    folder.change(
        "[mail]",
        "[links]\npublic-url = \"https://links.example.com\"\n\n[mail]",
    );
    let folder = asking(folder);
    let daemon = Daemon::start(&folder);
    identify_everybody(&daemon);
    let mails = relay.wait_for(NASTY_NAMES.len());
    daemon.stop();
    mails.iter().map(hearken_tests::Mail::read).collect()
}

impl Told<'_> {
    fn reads(&self) -> &'static str {
        self.name.reads.unwrap_or("there")
    }

    fn said(&self, field: &str) -> &str {
        self.action[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field}: {}", self.action))
    }

    fn preview(&self, format: &str) -> String {
        let preview = [
            "story",
            "preview",
            "roi-in-numbers",
            "--prospect",
            &self.user,
            "--format",
            format,
        ];
        hearken(self.folder, &preview).done().out
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// In code nothing ends the code.
fn as_code(text: &str) -> String {
    text.replace('`', "'").replace('~', "-")
}

fn html(told: &Told<'_>) {
    let (name, code) = (escaped(told.reads()), escaped(&as_code(told.reads())));
    let expected = format!(
        "<h1>Hello {name}!</h1>\n<ul>\n<li><strong>{name}</strong>, see <a href=\"https://example.com/roi?for={}\">this page</a>.</li>\n<li><code>{code}</code></li>\n</ul>\n<p>{name}</p>\n",
        encoded(told.reads())
    );
    assert_eq!(told.said("html"), expected);
}

fn plain(told: &Told<'_>) {
    let text = told.said("plain");
    seen_and_not_obeyed(text);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("Hello {}!", told.reads()));
    assert_eq!(
        lines.last(),
        Some(&format!("[1] https://example.com/roi?for={}", encoded(told.reads())).as_str())
    );
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let body = lines[2..lines.len() - 2].join("\n");
    let expected = format!(
        "- {0}, see this page [1]. - {1} {0}",
        told.reads(),
        as_code(told.reads())
    );
    assert_eq!(words(&body), words(&expected));
}

fn subject(told: &Told<'_>) {
    let name = told.name.reads.unwrap_or("there");
    assert_eq!(told.said("title"), format!("{name}, in numbers"));
    seen_and_not_obeyed(told.said("title"));
    assert!(!told.said("title").contains('\n'));
}

fn markdown(told: &Told<'_>) {
    let text = told.said("text");
    assert_eq!(
        text.lines().count(),
        STORY.lines().skip_while(|line| !line.starts_with('#')).count()
    );
    assert!(
        !text.contains('<')
            || text.matches('<').count() == text.matches("\\<").count() + as_code(told.reads()).matches('<').count()
    );
    seen_and_not_obeyed(&text.replace('\u{2060}', ""));
}

fn mail_headers(told: &Told<'_>) {
    let mail = &told.mail;
    assert_eq!(mail["defects"], json!([]), "{mail:#}");
    let headers = mail["headers"].as_array().expect("headers");
    let value = |name: &str| {
        let mut found = headers
            .iter()
            .filter(|h| h[0].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name)));
        let value = found.next().and_then(|h| h[1].as_str());
        assert!(found.next().is_none(), "{name} twice: {headers:#?}");
        value
    };
    assert_eq!(value("Subject"), Some(format!("{}, in numbers", told.reads()).as_str()));
    assert_eq!(mail["from"], json!([["Example Books", "hello@example.com"]]));
    let to = mail["to"].as_array().expect("recipients");
    assert_eq!(to.len(), 1, "{to:?}");
    seen_and_not_obeyed(to[0][0].as_str().expect("a name"));
    assert!(value("Bcc").is_none() && value("Cc").is_none(), "{headers:#?}");
    assert!(value("List-Unsubscribe").is_some_and(|url| url.starts_with("<https://links.example.com/l/")));
}

fn mail_parts(told: &Told<'_>) {
    let lines = |text: &str| {
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let part = |kind: &str| lines(told.mail[kind].as_str().expect("a part"));
    assert!(
        part("html").contains(lines(told.said("html")).trim_end()),
        "{:#}",
        told.mail
    );
    assert!(
        part("text").starts_with(lines(told.said("plain")).trim_end()),
        "{:#}",
        told.mail
    );
    assert_eq!(part("html").matches("<script").count(), 0);
}

fn page_of_a_question(told: &Told<'_>) {
    let shown = escaped(told.said("title")).replace('"', "&quot;");
    assert!(told.page.contains(&shown), "{shown} in {}", told.page);
    assert_eq!(told.page.matches("<script").count(), 0, "{}", told.page);
    seen_and_not_obeyed(&told.page);
}

fn page_of_a_preview(told: &Told<'_>) {
    let page = told.preview("html");
    assert!(page.contains(told.said("html")), "{page}");
    assert_eq!(page.matches("<script").count(), 0);
}

fn terminal(told: &Told<'_>) {
    let preview = told.preview("text");
    assert!(
        preview.contains(&format!("subject: {}", shown(told.said("title")))),
        "{preview}"
    );
    let show = hearken(told.folder, &["prospect", "show", &told.user]).done().out;
    for text in [&preview, &show] {
        seen_and_not_obeyed(text);
    }
}

/// As a terminal shows it: what is not seen is spelt out.
fn shown(text: &str) -> String {
    text.replace('\u{200d}', "\\u{200d}")
}

fn as_json(told: &Told<'_>) {
    let preview: Value = serde_json::from_str(&told.preview("json")).expect("JSON");
    for field in ["title", "text", "plain", "html"] {
        assert_eq!(preview[field], told.action[field], "{preview}");
    }
    assert_eq!((&preview["held"], &preview["vouched"]), (&Value::Null, &json!(true)));
    let show = hearken(told.folder, &["prospect", "show", &told.user, "--format", "json"])
        .done()
        .json();
    assert_eq!(
        show["traits"]["firstName"], told.name.arrives,
        "what is known stays as it came"
    );
}

/// There is nothing that a terminal obeys, that turns the direction, or that hides; except
/// the joiners that emoji are made with.
fn seen_and_not_obeyed(text: &str) {
    for c in text.chars() {
        let hidden = matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        assert!(c == '\n' || !c.is_control() && !hidden, "{c:?} in {text:?}");
    }
}
