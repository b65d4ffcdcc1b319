use crate::desk::{Desk, lot, orbit, party, seconds};
use orbitbox_park::{Lot, LotFault, LotId, OrbitNumber, OrbitState, ParkServer, Ringback};

#[test]
fn every_fault_is_reported_at_once() {
    let (first, second) = (LotId(0), LotId(1));
    let lots = vec![
        Lot { orbits: vec![orbit("71"), orbit("72"), orbit("71")], capacity: 0, ..lot() },
        Lot {
            orbits: vec![orbit("72")],
            ringback: Ringback { attempts: 11, ring_for: seconds(0), ..lot().ringback },
            max_life: seconds(0),
            ..lot()
        },
        Lot { orbits: vec![], fallback: Some((party("operator"), seconds(0))), ..lot() },
    ];
    let faults = ParkServer::new(lots, 1).expect_err("nothing here is right");
    assert_eq!(
        faults,
        [
            LotFault::OrbitTwice { orbit: orbit("71"), first, second: first },
            LotFault::NoCapacity { lot: first },
            LotFault::OrbitTwice { orbit: orbit("72"), first, second },
            LotFault::AttemptsOutOfRange { lot: second, attempts: 11 },
            LotFault::NoRingTime { lot: second },
            LotFault::NoMaxLife { lot: second },
            LotFault::NoOrbits { lot: LotId(2) },
            LotFault::NoRingTime { lot: LotId(2) },
        ]
    );
    assert_eq!(faults[2].to_string(), "orbit 72 is in lot 0 and in lot 1");
}

#[test]
fn orbits_are_shown_by_lot_and_then_by_number() {
    let shuffled = Lot { orbits: vec![orbit("82"), orbit("081"), orbit("81")], ..lot() };
    let desk = Desk::with_lots(vec![shuffled, lot()]);
    let views = desk.server.orbits(desk.now);
    let shown: Vec<(u16, String)> = views.iter().map(|view| (view.lot.0, view.orbit.to_string())).collect();
    let expected = [(0, "81"), (0, "82"), (0, "081"), (1, "71"), (1, "72"), (1, "73")];
    assert_eq!(shown, expected.map(|(lot, number)| (lot, number.to_owned())));
    assert!(views.iter().all(|view| view.state == OrbitState::Free));
}

#[test]
fn a_number_knows_its_lot() {
    let desk = Desk::with_lots(vec![Lot { orbits: vec![orbit("81")], ..lot() }, lot()]);
    let lot_of = |number: &str| desk.server.lot_of(number.parse::<OrbitNumber>().expect("a number"));
    assert_eq!((lot_of("81"), lot_of("72"), lot_of("99")), (Some(LotId(0)), Some(LotId(1)), None));
    assert_eq!(desk.server.lots().len(), 2);
}

#[test]
fn times_too_long_to_add_up_do_no_harm() {
    let forever = std::time::Duration::MAX;
    let ringback = Ringback { after: forever, ..lot().ringback };
    let mut desk = Desk::new(Lot { ringback, max_life: forever, cool_down: forever, ..lot() });
    desk.now = seconds(10);
    let (leg, _) = desk.park("71");
    desk.tell(orbitbox_park::Event::LegEnded { leg });
    assert_eq!(desk.state("71"), OrbitState::CoolingDown);
}

#[test]
fn orbit_numbers_are_read_and_spoken_as_written() {
    for text in ["71", "071", "#701", "*9", "999999"] {
        assert_eq!(orbit(text).to_string(), text);
    }
    for bad in ["", "#", "7a", "1234567", "71 ", "\u{fc}1", "**1"] {
        assert!(bad.parse::<OrbitNumber>().is_err(), "{bad}");
    }
    assert_eq!(orbit("#071").digits().collect::<Vec<_>>(), [0, 7, 1]);
    assert_eq!(orbit("079").next(), Some(orbit("080")));
    assert_eq!(orbit("99").next(), None);
}
