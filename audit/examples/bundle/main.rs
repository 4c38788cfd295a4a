//! Makes the bundle of a finished round of any size, for measuring an audit: `bundle DIR BALLOTS [RECAST_PERCENT] [METHOD]`.
//! With `every` as the method it makes one in a folder of its own by each method of counting, and by each kind of rules beyond it.

mod town;

use std::path::Path;

use ballots::Procedure;
use town::{Fault, SPECIAL, Town};

fn main() -> Result<(), Fault> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(ballots)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bundle DIR BALLOTS [RECAST_PERCENT] [METHOD | every]".into());
    };
    let recast = arguments.next().map_or(Ok(0), |percent| percent.parse())?;
    let method = arguments.next().unwrap_or_else(|| Procedure::Approval.to_string());
    let (folder, ballots) = (Path::new(&folder), ballots.parse()?);
    let hold = |folder: &Path, method: Procedure| {
        std::fs::create_dir_all(folder)?;
        Town::new(folder, ballots, recast)?.counting_by(method).hold()
    };
    if method == "every" {
        Procedure::all().into_iter().try_for_each(|method| hold(&folder.join(method.to_string()), method))?;
        return SPECIAL.into_iter().try_for_each(|(name, method, change)| {
            let folder = folder.join(name);
            std::fs::create_dir_all(&folder)?;
            Town::new(&folder, ballots, recast)?.counting_by(method.parse()?).ruled(change).hold()
        });
    }
    hold(folder, method.parse()?)
}
