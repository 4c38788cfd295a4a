//! Which pictures a round has: added before the voting only, so that what people see stays as it is while they vote.

use super::{Phase, Round, during::reason};
use crate::round::{
    Violation,
    pictures::{MOST, PictureRemoved, Pictured, check_alt},
};

impl Round {
    pub(super) fn picture(&mut self, event: &Pictured) -> Result<(), Violation> {
        self.must_be("pictured", &[Phase::Published])?;
        check_alt(&event.alt)?;
        let number = event.territory;
        if !self.rules.voting.territories.iter().any(|territory| territory.number == number) {
            return Err(Violation::UnknownTerritory(number));
        }
        if self.pictures.contains_key(&event.picture()) {
            return Err(Violation::PictureTwice(event.picture()));
        }
        if self.pictures.values().filter(|territory| **territory == number).count() >= MOST {
            return Err(Violation::Pictures { territory: number, most: MOST });
        }
        self.pictures.insert(event.picture(), number);
        Ok(())
    }

    /// Somebody in a picture may ask for its removal at any time, so that is possible during the voting too.
    pub(super) fn remove_picture(&mut self, event: &PictureRemoved) -> Result<(), Violation> {
        self.must_be("picture-removed", &[Phase::Published, Phase::Open, Phase::Paused])?;
        reason(&event.reason)?;
        if self.pictures.get(&event.picture) != Some(&event.territory) {
            return Err(Violation::UnknownPicture(event.picture));
        }
        self.pictures.remove(&event.picture);
        Ok(())
    }
}
