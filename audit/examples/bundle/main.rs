//! Makes the bundle of a finished round of any size, for measuring an audit: `bundle DIR BALLOTS [RECAST_PERCENT]`.

mod town;

use std::path::Path;

use town::{Fault, Town};

fn main() -> Result<(), Fault> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(ballots)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bundle DIR BALLOTS [RECAST_PERCENT]".into());
    };
    let recast = arguments.next().map_or(Ok(0), |percent| percent.parse())?;
    std::fs::create_dir_all(&folder)?;
    Town::new(Path::new(&folder), ballots.parse()?, recast)?.hold()
}
