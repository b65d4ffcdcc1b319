//! The configuration changes while calls wait.

use super::Stage;
use orbitbox_switchboard::Input;

impl Stage {
    /// `lot Warehouse has 72 74`, `lot Office is gone`.
    pub(super) fn change_lot(&mut self, name: &str, what: &[&str]) -> Result<(), String> {
        let lots = &mut self.configuration.lots;
        let place = lots.iter().position(|lot| lot.lot.name == name).ok_or("there is no such lot")?;
        match what {
            ["has", orbits @ ..] => {
                let orbits: Result<_, _> = orbits.iter().map(|orbit| orbit.parse()).collect();
                lots[place].lot.orbits = orbits.map_err(|_| "that is no orbit".to_owned())?;
            }
            ["is", "gone"] => drop(lots.remove(place)),
            _ => return Err(format!("`{}` is not understood", what.join(" "))),
        }
        let every = lots.iter().flat_map(|lot| lot.lot.orbits.iter().copied()).collect();
        self.configuration.panel.orbit_keys = every;
        self.reconfigured()
    }

    /// `station 104 is gone`.
    pub(super) fn station_is_gone(&mut self, user: &str) -> Result<(), String> {
        let before = self.configuration.stations.len();
        self.configuration.stations.retain(|station| station.user != user);
        if before == self.configuration.stations.len() {
            return Err("there is no such station".to_owned());
        }
        self.reconfigured()
    }

    fn reconfigured(&mut self) -> Result<(), String> {
        let configuration = self.configuration.clone();
        self.unit.handle_input(self.now, Input::Configured(&configuration));
        self.drain();
        Ok(())
    }
}
