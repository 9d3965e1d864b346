//! One call of a guest, from a free place to the answer.
//!
//! A call is a fiber on the guests' own threads. Its processor time is the thread's around
//! each poll; at each tick of the epoch it yields, or ends if it has used up its budget. The
//! wall deadline is kept by whoever waits: it drops the call, which is unwound at its next
//! tick. Until then the call keeps its places, so that no connector ever runs more guests
//! than it may.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{sync::OwnedSemaphorePermit, task::JoinHandle};
use wasmtime::{Store, Trap, UpdateDeadline, component::Instance};

use crate::{
    effects::Effects,
    fault::Fault,
    limits::Limits,
    meter::Meter,
    roles::Exports,
    sandbox::Inner,
    state::{Caller, Phase, State},
    wire::{RawManifest, Settings},
};

/// What interpreters need to start and say what they are.
pub(crate) fn describe_limits() -> Limits {
    Limits {
        cpu: Duration::from_secs(5),
        wall: Duration::from_secs(30),
        memory_bytes: 256 << 20,
        ..Limits::default()
    }
}

/// An instance and all that belongs to it.
pub(crate) struct Live {
    pub(crate) store: Store<State>,
    pub(crate) instance: Instance,
    /// Calls of a role that it has served.
    pub(crate) calls: u32,
    /// Held while it waits for another call.
    pub(crate) idle: Option<OwnedSemaphorePermit>,
}

/// Makes an instance; nothing of the plugin has been called yet.
pub(crate) async fn start(inner: &Inner, exports: &Exports, state: State) -> Result<Live, Fault> {
    let limits = state.caller.limits.clone();
    let mut store = Store::new(&inner.engine, state);
    store.limiter(|state| &mut state.memory);
    store.set_hostcall_fuel(limits.output_bytes);
    store.set_epoch_deadline(1);
    let turns = inner.turns.clone();
    store.epoch_deadline_callback(move |context| {
        let state = context.data();
        if state.meter.used() > state.caller.limits.cpu {
            return Ok(UpdateDeadline::Interrupt);
        }
        let (turns, meter) = (turns.clone(), state.meter.clone());
        Ok(UpdateDeadline::YieldCustom(
            1,
            Box::pin(async move { turns.next(&meter).await }),
        ))
    });
    match exports.pre.instantiate_async(&mut store).await {
        Ok(instance) => Ok(Live {
            store,
            instance,
            calls: 0,
            idle: None,
        }),
        Err(error) => Err(fault_of(&error, store.data())),
    }
}

/// Calls `configure`, after which roles may be called.
pub(crate) async fn configure(exports: &Exports, live: &mut Live, settings: &Settings) -> Result<(), Fault> {
    let configured = async {
        let guest = exports.plugin.load(&mut live.store, &live.instance)?;
        guest.call_configure(&mut live.store, settings).await
    }
    .await;
    match configured {
        Ok(Ok(())) => {
            live.store.data_mut().phase = Phase::Serving;
            Ok(())
        }
        Ok(Err(failure)) => Err(failure.into()),
        Err(error) => Err(fault_of(&error, live.store.data())),
    }
}

/// Asks a plugin what it is, and whether its functions have the contract's types.
pub(crate) async fn describe(inner: &Arc<Inner>, exports: &Arc<Exports>, name: &str) -> Result<RawManifest, Fault> {
    let caller = Caller::new(name.to_owned(), inner.io.clone(), describe_limits());
    once(inner, exports, Arc::new(caller), |exports, mut live| async move {
        exports.check_types(&mut live).map_err(|error| Fault::Contract {
            what: format!("a function has another type: {error:#}"),
        })?;
        let described = async {
            let guest = exports.plugin.load(&mut live.store, &live.instance)?;
            guest.call_describe(&mut live.store).await
        }
        .await;
        live.end_call();
        described.map_err(|error| fault_of(&error, live.store.data()))
    })
    .await
}

/// Asks a plugin about a configuration.
pub(crate) async fn check(
    inner: &Arc<Inner>,
    exports: &Arc<Exports>,
    caller: Caller,
    settings: Settings,
) -> Result<Vec<(String, String)>, Fault> {
    once(inner, exports, Arc::new(caller), |exports, mut live| async move {
        let checked = async {
            let guest = exports.plugin.load(&mut live.store, &live.instance)?;
            guest.call_check(&mut live.store, &settings).await
        }
        .await;
        live.end_call();
        checked.map_err(|error| fault_of(&error, live.store.data()))
    })
    .await
}

/// One call in an instance of its own, outside any connector.
async fn once<T, F>(
    inner: &Arc<Inner>,
    exports: &Arc<Exports>,
    caller: Arc<Caller>,
    ask: impl FnOnce(Arc<Exports>, Live) -> F + Send + 'static,
) -> Result<T, Fault>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Fault>> + Send + 'static,
{
    let place = inner.place().await?;
    let wall = caller.limits.wall;
    let meter = caller.meter();
    let (guest_inner, exports) = (inner.clone(), exports.clone());
    let state = State::new(caller, meter.clone(), Arc::default());
    spawn(inner, wall, &meter, async move {
        let _place = place;
        let live = start(&guest_inner, &exports, state).await?;
        ask(exports, live).await
    })
    .await?
}

/// Runs a call on the guests' threads and waits for it, but not for longer than `wall`.
pub(crate) async fn spawn<T: Send + 'static>(
    inner: &Arc<Inner>,
    wall: Duration,
    meter: &Arc<Meter>,
    call: impl Future<Output = T> + Send + 'static,
) -> Result<T, Fault> {
    let running = inner.ticker.running();
    let (turns, own) = (inner.turns.clone(), meter.clone());
    let metered = meter.around(async move {
        let _running = running;
        turns.first(&own).await;
        call.await
    });
    let mut task = Dropped(inner.guests()?.spawn(metered));
    let deadline = {
        let _timers = inner.io.enter();
        tokio::time::sleep(wall)
    };
    tokio::pin!(deadline);
    tokio::select! {
        biased;
        ended = &mut task.0 => match ended {
            Ok(answer) => Ok(answer),
            Err(error) if error.is_panic() => Err(Fault::Trapped {
                what: "the host panicked on its behalf; this is a fault of the host".into(),
            }),
            Err(_) => Err(Fault::Gone),
        },
        () = &mut deadline => Err(Fault::OutOfTime { limit: wall }),
    }
}

/// A task that ends when nobody waits for it any more.
struct Dropped<T>(JoinHandle<T>);

impl<T> Drop for Dropped<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Live {
    /// Another call in this instance.
    pub(crate) fn begin_call(&mut self, meter: Arc<Meter>, effects: Arc<Effects>) {
        self.idle = None;
        self.store.data_mut().begin_call(meter, effects);
        // The epoch has gone on while the instance waited.
        self.store.set_epoch_deadline(1);
    }

    /// The call has ended, well or not.
    pub(crate) fn end_call(&mut self) {
        self.calls = self.calls.saturating_add(1);
        let state = self.store.data_mut();
        let caller = state.caller.clone();
        state.log.tell_dropped(&caller.name);
    }
}

/// wasmtime's own text where more is lifted than `set_hostcall_fuel` allows: its type is not
/// public.
const TOO_MUCH_LIFTED: &str = "fuel allocated for hostcalls has been exhausted";

/// Which budget, if any, a failed call had used up.
pub(crate) fn fault_of(error: &wasmtime::Error, state: &State) -> Fault {
    let limits = &state.caller.limits;
    let trap = error.downcast_ref::<Trap>();
    if trap == Some(&Trap::Interrupt) {
        return Fault::OutOfCpu { limit: limits.cpu };
    }
    // An allocator that is refused memory aborts, which looks like any other trap.
    if state.memory.refused() {
        return Fault::OutOfMemory {
            limit: limits.memory_bytes,
        };
    }
    if error.root_cause().to_string().contains(TOO_MUCH_LIFTED) {
        return Fault::TooMuchOutput {
            limit: limits.output_bytes,
        };
    }
    let mut what = match trap {
        Some(trap) => trap.to_string(),
        None => format!("{error:#}"),
    };
    what.truncate(what.floor_char_boundary(500));
    Fault::Trapped { what }
}
