//! One seed's world: lots, people, time, and the three who must agree.

mod lots;
mod people;
mod races;
mod stimulus;
mod story;

pub(crate) use people::caller_of;

use crate::model::Model;
use crate::witness::{Step, Witness};
use crate::{Input, Judges, Outcome};
use orbitbox_park::{Action, Event, LegId, OrbitView, ParkServer, Token};
use orbitbox_support::{Agenda, Seeded};
use races::Races;
use std::time::Duration;
use stimulus::Stimulus;

/// More steps than any world needs; one that takes more is going in circles.
const MOST_STEPS: u64 = 20_000;

/// What comes up in the agenda.
#[derive(Debug, Clone)]
enum Thing {
    /// Somebody or something tells the server.
    Event(Event),
    /// Somebody looks at the orbits and does something.
    Stimulus(Stimulus),
    /// Time to think of the next coincidence.
    Moment,
}

pub(crate) struct World {
    server: ParkServer,
    /// Absent when the witness judges alone.
    model: Option<Model>,
    witness: Witness,
    chance: Seeded,
    agenda: Agenda<Thing>,
    now: Duration,
    /// New coincidences are thought of until then.
    busy_until: Duration,
    /// Until then events overtake deadlines.
    deadlines_held_until: Duration,
    views: Vec<OrbitView>,
    races: Races,
    steps: u64,
    /// Pairs that talk; either may be parked again.
    bridges: Vec<(LegId, LegId)>,
    /// Parkers' legs that hold, or held, a reservation.
    reservers: Vec<LegId>,
    tokens: Vec<Token>,
    story: Option<String>,
}

impl World {
    pub(crate) fn new(seed: u64, judges: Judges, tell: bool) -> Self {
        let mut chance = Seeded::new(seed);
        let lots = lots::any(&mut chance);
        let story = tell.then(|| format!("{lots:#?}\n"));
        let server = ParkServer::new(lots.clone(), seed);
        // Impossible lots are a fault of this file: an empty world would hide it.
        let server = server.unwrap_or_else(|faults| panic!("the world made impossible lots: {faults:?}"));
        let views = server.orbits(Duration::ZERO);
        let busy_for = chance.between(60, 240);
        let mut agenda = Agenda::default();
        agenda.put(Duration::ZERO, 0, Thing::Moment);
        Self {
            model: (judges == Judges::Both).then(|| Model::new(&lots)),
            witness: Witness::new(&lots),
            server,
            chance,
            agenda,
            now: Duration::ZERO,
            busy_until: Duration::from_secs(busy_for),
            deadlines_held_until: Duration::ZERO,
            views,
            races: Races::default(),
            steps: 0,
            bridges: Vec::new(),
            reservers: Vec::new(),
            tokens: Vec::new(),
            story,
        }
    }

    /// Runs until nothing is left to happen.
    pub(crate) fn live(&mut self) -> Result<Outcome, String> {
        while let Some(at) = self.next_instant() {
            if at > self.now {
                self.now = at;
                self.races.next_instant();
            }
            if self.chance.chance(1) {
                self.deadlines_held_until = self.now + Duration::from_secs(self.chance.between(1, 6));
            }
            let deadline_due = self.deadline().is_some_and(|at| at <= self.now);
            let thing_due = self.agenda.next_at().is_some_and(|at| at <= self.now);
            if deadline_due && (!thing_due || self.chance.chance(40)) {
                self.step(Input::Timeout)?;
            } else if let Some(thing) = self.agenda.take_due(self.now) {
                self.face(thing)?;
            }
            if self.steps > MOST_STEPS {
                return Err(format!("still busy after {MOST_STEPS} steps"));
            }
        }
        self.check_quiet()?;
        self.races.next_instant();
        Ok(Outcome { steps: self.steps, races: self.races.counted(), episodes: self.witness.episodes() })
    }

    pub(crate) fn story(self) -> String {
        self.story.unwrap_or_default()
    }

    /// When the server wants its deadlines run, and may.
    fn deadline(&self) -> Option<Duration> {
        self.server.poll_timeout().map(|at| at.max(self.deadlines_held_until).max(self.now))
    }

    fn next_instant(&self) -> Option<Duration> {
        self.deadline().into_iter().chain(self.agenda.next_at()).min()
    }

    fn face(&mut self, thing: Thing) -> Result<(), String> {
        match thing {
            // A leg that has gone in the meantime asks for nothing any more.
            Thing::Event(Event::ParkRequested { leg, .. }) if self.witness.is_gone(leg) => Ok(()),
            Thing::Event(event) => self.step(Input::Event(event)),
            Thing::Stimulus(stimulus) => match self.event_from(stimulus) {
                Some(event) => self.step(Input::Event(event)),
                None => Ok(()),
            },
            Thing::Moment => {
                self.plan_coincidence();
                Ok(())
            }
        }
    }

    fn later(&mut self, seconds: u64, thing: Thing) {
        let tie_break = self.chance.number();
        self.agenda.put(self.now + Duration::from_secs(seconds), tie_break, thing);
    }

    /// One input to the server, and what everybody makes of it.
    fn step(&mut self, input: Input) -> Result<(), String> {
        self.steps += 1;
        self.note_race(&input);
        match &input {
            Input::Event(event) => self.server.handle(self.now, event.clone()),
            Input::Timeout => self.server.handle_timeout(self.now),
        }
        let actions: Vec<Action> = std::iter::from_fn(|| self.server.poll_action()).collect();
        let after = self.server.orbits(self.now);
        let wakeup = self.server.poll_timeout();
        if let Some(story) = &mut self.story {
            story.push_str(&story::tell(self.now, &input, &actions));
        }

        self.ask_model(&input, &actions, &after, wakeup)?;
        let step = Step { now: self.now, input: &input, actions: &actions, before: &self.views, after: &after, wakeup };
        self.witness.watch(&step).map_err(|problem| format!("the witness says: {problem}"))?;
        self.views = after;
        self.note_outcome_of_race(&input, &actions);
        for action in &actions {
            self.react(&input, action);
        }
        Ok(())
    }

    fn ask_model(
        &mut self,
        input: &Input,
        actions: &[Action],
        after: &[OrbitView],
        wakeup: Option<Duration>,
    ) -> Result<(), String> {
        let Some(model) = &mut self.model else { return Ok(()) };
        let expected = model.expect(self.now, input, actions);
        if expected != actions {
            return Err(format!("the model expects: {}", story::tell_actions(&expected)));
        }
        let expected = model.orbits(self.now);
        if expected != after {
            let differ = expected.iter().zip(after).find(|(expected, shown)| expected != shown);
            return Err(differ.map_or("orbits are missing".to_owned(), |(expected, shown)| {
                format!("the model sees {:?} on {}, the server shows {:?}", expected.state, shown.orbit, shown.state)
            }));
        }
        let expected = model.due();
        if expected != wakeup {
            return Err(format!("the model waits for {expected:?}, the server for {wakeup:?}"));
        }
        Ok(())
    }

    fn check_quiet(&self) -> Result<(), String> {
        if !self.server.is_quiet() {
            return Err(format!("something is left over at quiet: {:?}", self.server));
        }
        self.witness.check_quiet(&self.server.orbits(self.now))
    }
}
