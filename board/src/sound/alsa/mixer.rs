//! One control of a card's mixer, by names.

use crate::amplifier::Mute;
use alsa::mixer::{MilliBel, Mixer, Selem, SelemChannelId, SelemId};
use alsa::{Error, Round};

/// Does something with a control of a card.
///
/// # Errors
/// In words: the card or the control is not there, or what the task says.
pub(crate) fn with_control<T>(
    card: &str,
    control: &str,
    task: impl FnOnce(&dyn Mute) -> Result<T, String>,
) -> Result<T, String> {
    let told = |error: Error| format!("the mixer of card `{card}`: {error}");
    let mixer = Mixer::new(&format!("hw:{card}"), true).map_err(told)?;
    let Some(found) = mixer.find_selem(&SelemId::new(control, 0)) else {
        let names: Vec<String> = mixer.iter().filter_map(Selem::new).filter_map(|one| name(&one)).collect();
        return Err(format!("card `{card}` has no control `{control}`; it has {}", names.join(", ")));
    };
    task(&Element(found))
}

fn name(element: &Selem<'_>) -> Option<String> {
    element.get_id().get_name().ok().map(|name| format!("`{name}`"))
}

struct Element<'m>(Selem<'m>);

impl Mute for Element<'_> {
    fn has_switch(&self) -> bool {
        self.0.has_playback_switch()
    }

    fn has_volume(&self) -> bool {
        self.0.has_playback_volume()
    }

    fn switch(&self, on: bool) -> Result<bool, String> {
        self.0.set_playback_switch_all(i32::from(on)).map_err(words)?;
        Ok(self.0.get_playback_switch(SelemChannelId::mono()).map_err(words)? != 0)
    }

    fn volume(&self, level_db: Option<f32>) -> Result<f32, String> {
        match level_db {
            Some(level) => self.0.set_playback_db_all(MilliBel::from_db(level), Round::Floor),
            None => self.0.set_playback_volume_all(self.0.get_playback_volume_range().0),
        }
        .map_err(words)?;
        self.0.get_playback_vol_db(SelemChannelId::mono()).map(MilliBel::to_db).map_err(words)
    }
}

fn words(error: Error) -> String {
    error.to_string()
}
