//! The functions of each role: what is asked, of which export, and how answers are matched
//! to items.

use std::{collections::HashMap, future::Future, sync::Arc};

use wasmtime::component::InstancePre;

use crate::{
    call::Live,
    capability::{HttpCall, Mail, MailCall, Permit},
    contract::Roles,
    fault::Fault,
    state::State,
    weight::Weight,
    wire::{
        self,
        exports::hearken::plugin::{plugin, reconciler, router, scorer, sink, source, webhook},
    },
};

/// A component with its imports linked and its exports looked up.
pub(crate) struct Exports {
    pub(crate) pre: InstancePre<State>,
    pub(crate) plugin: plugin::GuestIndices,
    source: Option<source::GuestIndices>,
    webhook: Option<webhook::GuestIndices>,
    scorer: Option<scorer::GuestIndices>,
    router: Option<router::GuestIndices>,
    sink: Option<sink::GuestIndices>,
    reconciler: Option<reconciler::GuestIndices>,
}

impl Exports {
    pub(crate) fn new(pre: InstancePre<State>, roles: Roles) -> wasmtime::Result<Self> {
        Ok(Self {
            plugin: plugin::GuestIndices::new(&pre)?,
            source: roles.source.then(|| source::GuestIndices::new(&pre)).transpose()?,
            webhook: roles.webhook.then(|| webhook::GuestIndices::new(&pre)).transpose()?,
            scorer: roles.scorer.then(|| scorer::GuestIndices::new(&pre)).transpose()?,
            router: roles.router.then(|| router::GuestIndices::new(&pre)).transpose()?,
            sink: roles.sink.then(|| sink::GuestIndices::new(&pre)).transpose()?,
            reconciler: roles
                .reconciler
                .then(|| reconciler::GuestIndices::new(&pre))
                .transpose()?,
            pre,
        })
    }

    /// Compares the types of every role's functions with the contract's, so that a mismatch
    /// is found when loading and not at the first call.
    pub(crate) fn check_types(&self, live: &mut Live) -> wasmtime::Result<()> {
        let Live { store, instance, .. } = live;
        self.plugin.load(&mut *store, instance)?;
        if let Some(role) = &self.source {
            role.load(&mut *store, instance)?;
        }
        if let Some(role) = &self.webhook {
            role.load(&mut *store, instance)?;
        }
        if let Some(role) = &self.scorer {
            role.load(&mut *store, instance)?;
        }
        if let Some(role) = &self.router {
            role.load(&mut *store, instance)?;
        }
        if let Some(role) = &self.sink {
            role.load(&mut *store, instance)?;
        }
        if let Some(role) = &self.reconciler {
            role.load(&mut *store, instance)?;
        }
        Ok(())
    }
}

/// One answer an item, or which rule of the contract was broken.
pub(crate) type Answers<A> = Result<Vec<Result<A, Fault>>, Fault>;

/// A function of a role, with what it is given once a batch.
pub(crate) trait Ask: Clone + Send + Sync + 'static {
    /// One item of a batch.
    type Item: Weight + Send + Sync + 'static;
    /// What the plugin answers for one.
    type Answer: Send + 'static;
    /// The role's name.
    const ROLE: &'static str;

    /// What it is given once a batch weighs, in bytes.
    fn weight(&self) -> usize {
        0
    }

    /// What effects for an item name it by; none where nothing can be done for one.
    fn name(_item: &Self::Item) -> Option<&str> {
        None
    }

    /// What requests the call may send; none at all where others wait for its answer.
    fn http(&self, _items: &[Self::Item]) -> Option<HttpCall> {
        None
    }

    /// What the call may mail for its items.
    fn mail(&self, _items: &[Self::Item]) -> Option<MailCall> {
        None
    }

    /// Asks a live instance. The outer error is a trap.
    fn call<'a>(
        &'a self,
        exports: &'a Exports,
        live: &'a mut Live,
        items: &'a [Self::Item],
    ) -> impl Future<Output = wasmtime::Result<Answers<Self::Answer>>> + Send + 'a;
}

/// `scorer.assess`
#[derive(Clone)]
pub(crate) struct Assess;

impl Ask for Assess {
    type Item = wire::Dossier;
    type Answer = wire::Assessment;
    const ROLE: &'static str = "scorer";

    async fn call<'a>(
        &'a self,
        exports: &'a Exports,
        live: &'a mut Live,
        items: &'a [wire::Dossier],
    ) -> wasmtime::Result<Answers<wire::Assessment>> {
        let Some(role) = &exports.scorer else {
            return Ok(Err(no_role(Self::ROLE)));
        };
        let guest = role.load(&mut live.store, &live.instance)?;
        let answers = guest.call_assess(&mut live.store, items).await?;
        Ok(in_order(items.len(), answers))
    }
}

/// `router.decide`
#[derive(Clone)]
pub(crate) struct Decide {
    pub(crate) stories: Arc<[wire::Story]>,
}

impl Ask for Decide {
    type Item = wire::Situation;
    type Answer = Vec<wire::Choice>;
    const ROLE: &'static str = "router";

    fn weight(&self) -> usize {
        self.stories.weight()
    }

    async fn call<'a>(
        &'a self,
        exports: &'a Exports,
        live: &'a mut Live,
        items: &'a [wire::Situation],
    ) -> wasmtime::Result<Answers<Vec<wire::Choice>>> {
        let Some(role) = &exports.router else {
            return Ok(Err(no_role(Self::ROLE)));
        };
        let guest = role.load(&mut live.store, &live.instance)?;
        let answers = guest.call_decide(&mut live.store, &self.stories, items).await?;
        Ok(in_order(items.len(), answers))
    }
}

/// `webhook.receive`
#[derive(Clone)]
pub(crate) struct Receive;

impl Ask for Receive {
    type Item = wire::Request;
    type Answer = wire::Reception;
    const ROLE: &'static str = "webhook";

    fn http(&self, _: &[wire::Request]) -> Option<HttpCall> {
        Some(HttpCall::for_anything())
    }

    async fn call<'a>(
        &'a self,
        exports: &'a Exports,
        live: &'a mut Live,
        items: &'a [wire::Request],
    ) -> wasmtime::Result<Answers<wire::Reception>> {
        let Some(role) = &exports.webhook else {
            return Ok(Err(no_role(Self::ROLE)));
        };
        let guest = role.load(&mut live.store, &live.instance)?;
        let answers = guest.call_receive(&mut live.store, items).await?;
        Ok(in_order(items.len(), answers))
    }
}

/// `source.poll`
#[derive(Clone)]
pub(crate) struct Poll;

/// The arguments of `source.poll`.
pub(crate) struct PageWanted {
    pub(crate) now: u64,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

impl Weight for PageWanted {
    fn weight(&self) -> usize {
        self.cursor.weight()
    }
}

impl Ask for Poll {
    type Item = PageWanted;
    type Answer = wire::Page;
    const ROLE: &'static str = "source";

    fn http(&self, _: &[PageWanted]) -> Option<HttpCall> {
        Some(HttpCall::for_anything())
    }

    async fn call<'a>(
        &'a self,
        exports: &'a Exports,
        live: &'a mut Live,
        items: &'a [PageWanted],
    ) -> wasmtime::Result<Answers<wire::Page>> {
        let Some(role) = &exports.source else {
            return Ok(Err(no_role(Self::ROLE)));
        };
        let guest = role.load(&mut live.store, &live.instance)?;
        let mut pages = Vec::with_capacity(items.len());
        for wanted in items {
            let page = guest
                .call_poll(&mut live.store, wanted.now, wanted.cursor.as_deref(), wanted.limit)
                .await?;
            pages.push(page.map_err(Fault::from));
        }
        Ok(Ok(pages))
    }
}

/// `sink.deliver`
#[derive(Clone)]
pub(crate) struct Deliver {
    pub(crate) now: u64,
    pub(crate) connector: Arc<str>,
    /// How mail is sent for the actions, where that is granted.
    pub(crate) mail: Option<Arc<dyn Mail>>,
    /// Who is asked before each request.
    pub(crate) permit: Option<Arc<dyn Permit>>,
}

impl Ask for Deliver {
    type Item = wire::Action;
    type Answer = wire::Receipt;
    const ROLE: &'static str = "sink";

    fn name(action: &wire::Action) -> Option<&str> {
        Some(&action.id)
    }

    fn http(&self, actions: &[wire::Action]) -> Option<HttpCall> {
        let items = actions.iter().map(|action| action.id.clone());
        Some(HttpCall::for_actions(items, self.permit.clone()))
    }

    fn mail(&self, actions: &[wire::Action]) -> Option<MailCall> {
        let mail = self.mail.clone()?;
        Some(MailCall::new(mail, actions.iter().map(|action| action.id.clone())))
    }

    async fn call<'a>(
        &'a self,
        exports: &'a Exports,
        live: &'a mut Live,
        items: &'a [wire::Action],
    ) -> wasmtime::Result<Answers<wire::Receipt>> {
        let Some(role) = &exports.sink else {
            return Ok(Err(no_role(Self::ROLE)));
        };
        let guest = role.load(&mut live.store, &live.instance)?;
        let answers = guest.call_deliver(&mut live.store, self.now, items).await?;
        Ok(Ok(by_id(&self.connector, items, answers)))
    }
}

/// `reconciler.reconcile`
#[derive(Clone)]
pub(crate) struct Reconcile {
    pub(crate) now: u64,
    pub(crate) connector: Arc<str>,
}

impl Ask for Reconcile {
    type Item = wire::Action;
    type Answer = Option<wire::Receipt>;
    const ROLE: &'static str = "reconciler";

    fn http(&self, _: &[wire::Action]) -> Option<HttpCall> {
        Some(HttpCall::for_anything())
    }

    async fn call<'a>(
        &'a self,
        exports: &'a Exports,
        live: &'a mut Live,
        items: &'a [wire::Action],
    ) -> wasmtime::Result<Answers<Option<wire::Receipt>>> {
        let Some(role) = &exports.reconciler else {
            return Ok(Err(no_role(Self::ROLE)));
        };
        let guest = role.load(&mut live.store, &live.instance)?;
        let answers = guest.call_reconcile(&mut live.store, self.now, items).await?;
        Ok(Ok(by_id(&self.connector, items, answers)))
    }
}

/// `sink.forget`
#[derive(Clone)]
pub(crate) struct Forget {
    pub(crate) now: u64,
}

impl Ask for Forget {
    type Item = Vec<wire::Identity>;
    type Answer = ();
    const ROLE: &'static str = "sink";

    fn http(&self, _: &[Vec<wire::Identity>]) -> Option<HttpCall> {
        Some(HttpCall::for_anything())
    }

    async fn call<'a>(
        &'a self,
        exports: &'a Exports,
        live: &'a mut Live,
        items: &'a [Vec<wire::Identity>],
    ) -> wasmtime::Result<Answers<()>> {
        let Some(role) = &exports.sink else {
            return Ok(Err(no_role(Self::ROLE)));
        };
        let guest = role.load(&mut live.store, &live.instance)?;
        let answers = guest.call_forget(&mut live.store, self.now, items).await?;
        Ok(in_order(items.len(), answers))
    }
}

fn no_role(role: &str) -> Fault {
    Fault::Contract {
        what: format!("it was asked as a {role}, but exports no such role"),
    }
}

fn in_order<A>(asked: usize, answers: Vec<Result<A, wire::Failure>>) -> Answers<A> {
    if answers.len() != asked {
        return Err(Fault::Contract {
            what: format!(
                "it gave {} answers for a batch of {asked}, and each item needs one",
                answers.len()
            ),
        });
    }
    Ok(answers.into_iter().map(|answer| answer.map_err(Fault::from)).collect())
}

/// Sinks name the action that they answer. The first answer for an action counts.
fn by_id<A>(
    connector: &str,
    asked: &[wire::Action],
    answers: Vec<(String, Result<A, wire::Failure>)>,
) -> Vec<Result<A, Fault>> {
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(asked.len());
    for (place, action) in asked.iter().enumerate() {
        places.entry(&action.id).or_insert(place);
    }
    let mut matched: Vec<Result<A, Fault>> = asked.iter().map(|_| Err(Fault::NoAnswer)).collect();
    let mut ignored = 0_usize;
    for (id, answer) in answers {
        match places.remove(id.as_str()) {
            Some(place) => matched[place] = answer.map_err(Fault::from),
            None => ignored += 1,
        }
    }
    if ignored > 0 {
        tracing::warn!(
            connector,
            ignored,
            "a sink answered for actions twice or for actions that it was not given"
        );
    }
    matched
}

#[cfg(test)]
#[path = "roles_tests.rs"]
mod tests;
