//! What the expressions of a template may be, and which values they rest upon.
//!
//! The engine's own parser is asked, and only what is named here gets through: looking a
//! value up, a filter, a test, a comparison, `and`, `or`, `not`, and one or the other by a
//! condition. None of them makes a long text out of short ones, and for each it can be
//! told whether it always gives something.

use std::{collections::BTreeMap, ops::Range};

use minijinja::{
    machinery::{
        Span,
        ast::{self, BinOpKind, CallArg, Expr, UnaryOpKind},
    },
    value::Value,
};

use crate::filters::{FILTERS, TESTS, is_missing};

/// A place where a template shows a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// In the template, in bytes.
    pub(crate) range: Range<usize>,
    /// The values without which nothing can be shown; where there is always something to
    /// show, the one that it is read from.
    pub(crate) values: Vec<String>,
}

/// A name that is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lookup {
    pub(crate) range: Range<usize>,
    /// Without what is below it: `company` of `company.name`.
    pub(crate) name: String,
}

/// What is no part of a story's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) range: Range<usize>,
    pub(crate) what: String,
    pub(crate) help: String,
}

/// Reads expressions and takes down what it finds.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) refused: Vec<Refused>,
    /// What the surrounding conditions say is known.
    pub(crate) known: Vec<String>,
    pub(crate) fallbacks: BTreeMap<String, String>,
}

/// Whether an expression always gives something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sure {
    /// It does.
    Yes,
    /// Not where one of these values is missing.
    Without(Vec<String>),
}

impl Sure {
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Yes => Self::Yes,
            Self::Without(_) => other(),
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, sure) | (sure, Self::Yes) => sure,
            (Self::Without(one), Self::Without(other)) => Self::Without([one, other].concat()),
        }
    }
}

impl Reader {
    /// Reads an expression and what is below it.
    pub(crate) fn read(&mut self, expression: &Expr<'_>) -> Sure {
        match expression {
            Expr::Const(it) if is_missing(&it.value) => Sure::Without(vec!["a text that is empty".into()]),
            Expr::Const(_) => Sure::Yes,
            Expr::Var(it) => {
                let (range, name) = (bytes(it.span()), it.id.to_owned());
                self.lookups.push(Lookup {
                    range,
                    name: name.clone(),
                });
                let falls_back = self.fallbacks.get(&name).is_some_and(|text| !text.trim().is_empty());
                if falls_back { Sure::Yes } else { self.sure(name) }
            }
            Expr::GetAttr(_) | Expr::GetItem(_) => self.read_part(expression),
            Expr::Filter(it) => self.read_filter(it, bytes(it.span())),
            Expr::Test(it) => {
                if !TESTS.contains(&it.name) {
                    let help = format!("use one of: {}", TESTS.join(", "));
                    self.refuse(it.span(), format!("there is no test '{}'", it.name), help);
                }
                self.read(&it.expr);
                self.read_arguments(&it.args, it.span());
                Sure::Yes
            }
            Expr::Compare(it) => {
                self.read(&it.expr);
                it.ops.iter().for_each(|op| _ = self.read(&op.expr));
                Sure::Yes
            }
            Expr::UnaryOp(it) => {
                let sure = self.read(&it.expr);
                match it.op {
                    UnaryOpKind::Not => Sure::Yes,
                    UnaryOpKind::Neg => sure,
                }
            }
            Expr::BinOp(it) => self.read_operator(it, it.span()),
            Expr::IfExpr(it) => self.read_choice(it, it.span()),
            Expr::List(it) => self.read_all(&it.items),
            Expr::Tuple(it) => self.read_all(&it.items),
            Expr::Call(it) => self.no(it.span(), "a story calls no functions"),
            Expr::Map(it) => self.no(it.span(), "a story makes no tables"),
            Expr::Slice(it) => self.no(it.span(), "a story cuts no pieces out of values"),
        }
    }

    /// What a condition says is known where it holds.
    pub(crate) fn asserted(condition: &Expr<'_>) -> Vec<String> {
        match condition {
            Expr::Var(_) | Expr::GetAttr(_) | Expr::GetItem(_) => path(condition).into_iter().collect(),
            Expr::Test(it) if it.name == "defined" => path(&it.expr).into_iter().collect(),
            Expr::BinOp(it) if matches!(it.op, BinOpKind::ScAnd) => {
                [Self::asserted(&it.left), Self::asserted(&it.right)].concat()
            }
            Expr::UnaryOp(it) if matches!(it.op, UnaryOpKind::Not) => Self::denied(&it.expr),
            _ => Vec::new(),
        }
    }

    /// What a condition says is known where it does not hold.
    pub(crate) fn denied(condition: &Expr<'_>) -> Vec<String> {
        match condition {
            Expr::UnaryOp(it) if matches!(it.op, UnaryOpKind::Not) => Self::asserted(&it.expr),
            Expr::Test(it) if it.name == "undefined" => path(&it.expr).into_iter().collect(),
            Expr::BinOp(it) if matches!(it.op, BinOpKind::ScOr) => {
                [Self::denied(&it.left), Self::denied(&it.right)].concat()
            }
            _ => Vec::new(),
        }
    }

    fn sure(&self, path: String) -> Sure {
        if self.known.contains(&path) {
            Sure::Yes
        } else {
            Sure::Without(vec![path])
        }
    }

    fn read_part(&mut self, expression: &Expr<'_>) -> Sure {
        let whole = match expression {
            Expr::GetAttr(it) => &it.expr,
            Expr::GetItem(it) => {
                self.read(&it.subscript_expr);
                &it.expr
            }
            other => other,
        };
        self.read(whole);
        match path(expression) {
            Some(path) => self.sure(path),
            None => Sure::Without(vec!["a part of a value".into()]),
        }
    }

    fn read_filter(&mut self, filter: &ast::Filter<'_>, range: Range<usize>) -> Sure {
        let Some(value) = &filter.expr else {
            return Sure::Without(vec!["nothing".into()]);
        };
        let sure = self.read(value);
        let names: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
        if !names.contains(&filter.name) {
            self.refused.push(Refused {
                range: range.clone(),
                what: format!("there is no filter '{}'", filter.name),
                help: format!("use one of: {}", names.join(", ")),
            });
        }
        let instead = self.read_arguments_at(&filter.args, &range);
        let is_default = matches!(filter.name, "default" | "d");
        if is_default && filter.args.is_empty() {
            self.refused.push(Refused {
                range,
                what: "default has nothing to say instead".into(),
                help: "write it in brackets, such as default(\"there\")".into(),
            });
        }
        match instead.into_iter().next() {
            Some(instead) if is_default => sure.or(|| instead),
            _ => sure,
        }
    }

    fn read_arguments(&mut self, arguments: &[CallArg<'_>], span: Span) -> Vec<Sure> {
        self.read_arguments_at(arguments, &bytes(span))
    }

    fn read_arguments_at(&mut self, arguments: &[CallArg<'_>], range: &Range<usize>) -> Vec<Sure> {
        let mut all = Vec::new();
        for argument in arguments {
            match argument {
                CallArg::Pos(expression) => all.push(self.read(expression)),
                CallArg::Kwarg(..) | CallArg::PosSplat(_) | CallArg::KwargSplat(_) => self.refused.push(Refused {
                    range: range.clone(),
                    what: "arguments have no names".into(),
                    help: "write the value alone, such as truncate(40)".into(),
                }),
            }
        }
        all
    }

    fn read_operator(&mut self, operator: &ast::BinOp<'_>, span: Span) -> Sure {
        let left = self.read(&operator.left);
        let right = self.read(&operator.right);
        match operator.op {
            BinOpKind::ScOr => left.or(|| right),
            BinOpKind::ScAnd => left.and(right),
            BinOpKind::Eq
            | BinOpKind::Ne
            | BinOpKind::Lt
            | BinOpKind::Lte
            | BinOpKind::Gt
            | BinOpKind::Gte
            | BinOpKind::In => Sure::Yes,
            BinOpKind::Concat | BinOpKind::Add => {
                let help = "write the text outside of the braces, and each value in braces of its own";
                self.refuse(span, "a story joins no values".into(), help.into());
                Sure::Yes
            }
            BinOpKind::Sub
            | BinOpKind::Mul
            | BinOpKind::Div
            | BinOpKind::FloorDiv
            | BinOpKind::Rem
            | BinOpKind::Pow => {
                let help = "show values as they are; the words of a name are joined by underscores, as in first_name";
                self.refuse(span, "a story does not calculate".into(), help.into());
                Sure::Yes
            }
        }
    }

    fn read_choice(&mut self, choice: &ast::IfExpr<'_>, span: Span) -> Sure {
        self.read(&choice.test_expr);
        let before = self.known.len();
        self.known.extend(Self::asserted(&choice.test_expr));
        let then = self.read(&choice.true_expr);
        self.known.truncate(before);
        let Some(otherwise) = &choice.false_expr else {
            self.refused.push(Refused {
                range: bytes(span),
                what: "the choice has no else".into(),
                help: "say what stands there otherwise: {{ \"a\" if name else \"b\" }}".into(),
            });
            return then;
        };
        self.known.extend(Self::denied(&choice.test_expr));
        let otherwise = self.read(otherwise);
        self.known.truncate(before);
        then.and(otherwise)
    }

    fn read_all(&mut self, items: &[Expr<'_>]) -> Sure {
        items.iter().for_each(|item| _ = self.read(item));
        Sure::Yes
    }

    fn refuse(&mut self, span: Span, what: String, help: String) {
        let range = bytes(span);
        self.refused.push(Refused { range, what, help });
    }

    fn no(&mut self, span: Span, what: &str) -> Sure {
        let help = "show a value with {{ name }}, and choose with {% if name %} … {% else %} … {% endif %}";
        self.refuse(span, what.into(), help.into());
        Sure::Yes
    }
}

/// `company.name` of an expression that looks it up.
pub(crate) fn path(expression: &Expr<'_>) -> Option<String> {
    match expression {
        Expr::Var(it) => Some(it.id.to_owned()),
        Expr::GetAttr(it) => Some(format!("{}.{}", path(&it.expr)?, it.name)),
        Expr::GetItem(it) => {
            let Expr::Const(item) = &it.subscript_expr else {
                return None;
            };
            let item: &Value = &item.value;
            Some(format!(
                "{}.{}",
                path(&it.expr)?,
                item.as_str().map_or_else(|| item.to_string(), str::to_owned)
            ))
        }
        _ => None,
    }
}

/// A span in bytes.
pub(crate) fn bytes(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}
