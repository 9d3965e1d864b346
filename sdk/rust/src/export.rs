//! From the component's exports to the traits.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use crate::bindings::exports::hearken::plugin::{plugin, reconciler, router, scorer, sink, source, webhook};
use crate::bindings::hearken::plugin::types as wit;
use crate::plugin::{configure, read_config, read_vocabulary};
use crate::{
    Action, Dossier, Failure, Identity, Instant, Plugin, Reconciler, Request, Router, Scorer, Sink, Situation, Source,
    Story, Webhook,
};

/// Makes a component of a plugin: names its type and its roles.
///
/// ```ignore
/// hearken_sdk::export!(BodyLanguage: Scorer);
/// hearken_sdk::export!(Crm: Source, Webhook, Sink, Reconciler);
/// ```
///
/// Roles are any of `Source`, `Webhook`, `Scorer`, `Router`, `Sink` and `Reconciler`, and
/// the type implements the trait of each. Once in a crate, whose `crate-type` is
/// `cdylib`. Where the crate is compiled natively, for its unit tests, nothing is
/// exported and the traits are checked.
#[macro_export]
macro_rules! export {
    ($plugin:ty: $($role:ident),+ $(,)?) => {
        const _: () = {
            const fn _has_the_roles<P: $($crate::$role +)+>() {}
            _has_the_roles::<$plugin>();
        };

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Exported = $crate::__Exported<$plugin>;
            $crate::bindings::exports::hearken::plugin::plugin::__export_hearken_plugin_plugin_0_1_0_cabi!(
                Exported with_types_in $crate::bindings::exports::hearken::plugin::plugin
            );
            $($crate::__export_role!($role Exported);)+
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export_role {
    (Source $ty:ident) => {
        $crate::__export_role!(source $ty __export_hearken_plugin_source_0_1_0_cabi __describe_source);
    };
    (Webhook $ty:ident) => {
        $crate::__export_role!(webhook $ty __export_hearken_plugin_webhook_0_1_0_cabi __describe_webhook);
    };
    (Scorer $ty:ident) => {
        $crate::__export_role!(scorer $ty __export_hearken_plugin_scorer_0_1_0_cabi __describe_scorer);
    };
    (Router $ty:ident) => {
        $crate::__export_role!(router $ty __export_hearken_plugin_router_0_1_0_cabi __describe_router);
    };
    (Sink $ty:ident) => {
        $crate::__export_role!(sink $ty __export_hearken_plugin_sink_0_1_0_cabi __describe_sink);
    };
    (Reconciler $ty:ident) => {
        $crate::__export_role!(reconciler $ty __export_hearken_plugin_reconciler_0_1_0_cabi __describe_reconciler);
    };
    ($module:ident $ty:ident $cabi:ident $describe:ident) => {
        const _: () = {
            $crate::bindings::exports::hearken::plugin::$module::$cabi!(
                $ty with_types_in $crate::bindings::exports::hearken::plugin::$module
            );
            $crate::$describe!();
        };
    };
}

include!(concat!(env!("OUT_DIR"), "/sections.rs"));

thread_local! {
    /// The configured plugin of this instance. There is one plugin in a component, but its
    /// type is known only to the crate that exports it.
    static CONFIGURED: RefCell<Option<Rc<dyn Any>>> = const { RefCell::new(None) };
}

fn configured<P: Plugin>() -> Result<Rc<P>, Failure> {
    CONFIGURED
        .with_borrow(Clone::clone)
        .and_then(|plugin| plugin.downcast::<P>().ok())
        .ok_or_else(|| Failure::config("called before it was configured"))
}

/// Answers each item of a batch; the same failure for all where there is no plugin.
fn each<P: Plugin, I, O>(batch: Vec<I>, answer: impl Fn(&P, I) -> Result<O, Failure>) -> Vec<Result<O, wit::Failure>> {
    match configured::<P>() {
        Ok(plugin) => batch
            .into_iter()
            .map(|item| answer(&plugin, item).map_err(Failure::into_wit))
            .collect(),
        Err(failure) => batch.iter().map(|_| Err(failure.clone().into_wit())).collect(),
    }
}

/// The component's side of a plugin.
#[doc(hidden)]
pub struct Exported<P>(PhantomData<P>);

impl<P: Plugin> plugin::Guest for Exported<P> {
    fn describe() -> plugin::Manifest {
        let manifest = P::manifest();
        plugin::Manifest {
            config_schema: schemars::schema_for!(P::Config).to_value().to_string(),
            needs: manifest.needs(),
            name: manifest.name,
            version: manifest.version,
            summary: manifest.summary,
            extra: Vec::new(),
        }
    }

    fn check(settings: plugin::Settings) -> Vec<(String, String)> {
        let config = match read_config(&settings.config) {
            Ok(config) => config,
            Err(problem) => return vec![(problem.pointer, problem.message)],
        };
        match read_vocabulary(&settings.vocabulary) {
            Ok(vocabulary) => P::check(&config, &vocabulary)
                .into_iter()
                .map(|problem| (problem.pointer, problem.message))
                .collect(),
            Err(failure) => vec![(String::new(), failure.message)],
        }
    }

    fn configure(settings: plugin::Settings) -> Result<(), wit::Failure> {
        let plugin = configure::<P>(&settings.config, &settings.vocabulary).map_err(Failure::into_wit)?;
        CONFIGURED.set(Some(Rc::new(plugin)));
        Ok(())
    }
}

impl<P: Source> source::Guest for Exported<P> {
    fn poll(now: u64, cursor: Option<String>, limit: u32) -> Result<source::Page, wit::Failure> {
        configured::<P>()
            .and_then(|plugin| plugin.poll(Instant::from_millis(now), cursor.as_deref(), limit))
            .map(crate::Page::into_wit)
            .map_err(Failure::into_wit)
    }
}

impl<P: Webhook> webhook::Guest for Exported<P> {
    fn receive(requests: Vec<webhook::Request>) -> Vec<Result<webhook::Reception, wit::Failure>> {
        each(requests, |plugin: &P, request| {
            plugin
                .receive(&Request::from_wit(request))
                .map(crate::Reception::into_wit)
        })
    }
}

impl<P: Scorer> scorer::Guest for Exported<P> {
    fn assess(batch: Vec<scorer::Dossier>) -> Vec<Result<scorer::Assessment, wit::Failure>> {
        each(batch, |plugin: &P, dossier| {
            plugin
                .assess(&Dossier::from_wit(dossier)?)
                .map(crate::Assessment::into_wit)
        })
    }
}

impl<P: Router> router::Guest for Exported<P> {
    fn decide(
        stories: Vec<router::Story>,
        batch: Vec<router::Situation>,
    ) -> Vec<Result<Vec<router::Choice>, wit::Failure>> {
        let stories: Vec<Story> = stories.into_iter().map(Story::from_wit).collect();
        each(batch, |plugin: &P, situation| {
            let choices = plugin.decide(&stories, &Situation::from_wit(situation)?)?;
            Ok(choices.into_iter().map(crate::Choice::into_wit).collect())
        })
    }
}

impl<P: Sink> sink::Guest for Exported<P> {
    fn deliver(now: u64, batch: Vec<sink::Action>) -> Vec<(String, Result<sink::Receipt, wit::Failure>)> {
        let (actions, mut answers) = read_actions(batch);
        match configured::<P>() {
            Ok(plugin) => answers.extend(
                plugin
                    .deliver_all(Instant::from_millis(now), &actions)
                    .into_iter()
                    .map(|(id, answer)| (id, answer.map(crate::Receipt::into_wit).map_err(Failure::into_wit))),
            ),
            Err(failure) => {
                answers.extend(
                    actions
                        .into_iter()
                        .map(|action| (action.id, Err(failure.clone().into_wit()))),
                );
            }
        }
        answers
    }

    fn forget(now: u64, people: Vec<Vec<wit::Identity>>) -> Vec<Result<(), wit::Failure>> {
        each(people, |plugin: &P, person| {
            let person: Vec<Identity> = person.into_iter().map(Identity::from_wit).collect();
            plugin.forget(Instant::from_millis(now), &person)
        })
    }
}

impl<P: Reconciler> reconciler::Guest for Exported<P> {
    fn reconcile(now: u64, batch: Vec<sink::Action>) -> Vec<(String, Result<Option<sink::Receipt>, wit::Failure>)> {
        let ids: Vec<String> = batch.iter().map(|action| action.id.clone()).collect();
        let answers = each(batch, |plugin: &P, action| {
            let receipt = plugin.reconcile(Instant::from_millis(now), &Action::from_wit(action)?)?;
            Ok(receipt.map(crate::Receipt::into_wit))
        });
        ids.into_iter().zip(answers).collect()
    }
}

/// Actions that can be understood, and the answers for those that cannot.
#[allow(clippy::type_complexity)]
fn read_actions(batch: Vec<sink::Action>) -> (Vec<Action>, Vec<(String, Result<sink::Receipt, wit::Failure>)>) {
    let mut actions = Vec::with_capacity(batch.len());
    let mut answers = Vec::with_capacity(batch.len());
    for action in batch {
        let id = action.id.clone();
        match Action::from_wit(action) {
            Ok(action) => actions.push(action),
            Err(failure) => answers.push((id, Err(failure.into_wit()))),
        }
    }
    (actions, answers)
}
