//! An open round whose service does not run: its folder and database, its commission, and residents who have credentials.

use std::path::{Path, PathBuf};

use audit::round::{Act, Phase};
use ballots::Ballot;
use ed25519_dalek::SigningKey;
use tempfile::TempDir;
use veche::{
    client::{Api, ClientFault, resident::PollingPlace, staff::StaffMember},
    config::{Config, Database},
    domain::Draft,
    http::{ResultResponse, RoundResponse},
};

use super::{
    cluster::Cluster,
    crowd::Voter,
    node::Start,
    size,
    town::{SLUG, Town, approval},
};

/// What people mark: the index is the choice of [`Voter`].
pub const CHOICES: [&[&str]; 4] = [&["t1"], &["t2", "t5"], &["t3"], &["t1", "t5", "t8"]];

/// Residents on the roll who come later.
const MORE: usize = 24;

/// Everything of a town but its server.
pub struct Poll {
    pub start: Start,
    pub place: PollingPlace,
    pub choices: Vec<Ballot>,
    pub voters: Vec<Voter>,
    /// Of residents who have no credential yet.
    pub codes: Vec<veche::crypto::codes::LetterCode>,
    official: StaffMember,
    members: [(StaffMember, SigningKey); 2],
    opening: Vec<u8>,
    folder: TempDir,
}

/// Makes a database of this name, ready for the service; its address.
pub fn database(cluster: &Cluster, name: &str) -> String {
    cluster.database(name, Some("template"));
    cluster.url("veche", name)
}

impl Poll {
    /// On a database (empty: SQLite), with so many residents.
    pub async fn new(database: &str, residents: usize) -> Self {
        Self::with(database, residents, |_| {}, |_| {}).await
    }

    /// The same, with other settings while it is set up, and another draft.
    pub async fn with(
        database: &str,
        residents: usize,
        settings: impl FnOnce(&mut Config),
        rules: impl FnOnce(&mut Draft),
    ) -> Self {
        let town = Town::with(|config| {
            config.database = Database(database.to_owned());
            settings(config);
        })
        .await;
        let mut draft = town.draft(approval());
        // Few people cast again and again: with more, no batch would be full.
        draft.batch.at_least = 4;
        rules(&mut draft);
        town.publishes_draft(&draft).await;
        let mut codes = town.enrols(residents + size::of(MORE, 10 * MORE)).await;
        town.opens().await;
        let mut voters = Vec::new();
        for code in codes.drain(..residents) {
            voters.push(Voter::new(town.registers(&code).await));
        }
        let mut choices = Vec::new();
        for marks in CHOICES {
            choices.push(town.ballot(&marks.iter().map(|id| (*id, None)).collect::<Vec<_>>()).await);
        }
        let place = town.place().await;
        let Town { server, official, members, opening, folder, .. } = town;
        let data = server.app.config.data.clone();
        server.stop().await.unwrap();
        let (start, opening) = (Start::new(&data, database), opening.secret().to_vec());
        Self { start, place, choices, voters, codes, official, members, opening, folder }
    }

    /// The folder of the town, which goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// How another node of the town is started: its own data folder, the same database and master key.
    pub fn another(&self, name: &str) -> Start {
        let data: PathBuf = self.folder.path().join(name);
        std::fs::create_dir_all(&data).unwrap();
        std::fs::copy(self.start.data.join("master.key"), data.join("master.key")).unwrap();
        Start { data, ..self.start.clone() }
    }

    /// Closes the round through this node, unless it is closed.
    pub async fn closes(&self, api: &Api) -> Result<(), ClientFault> {
        let round: RoundResponse = api.get(&format!("/api/v1/rounds/{SLUG}"), None).await?;
        if round.phase == Phase::Open {
            if round.proposal.is_none() {
                self.official.at(api.clone()).propose(SLUG, Act::Close, "the test is over").await?;
            }
            self.members[0].0.at(api.clone()).confirm(SLUG).await?;
        }
        Ok(())
    }

    /// Closes the round through this node, opens the ballots, waits for the count, and signs it.
    pub async fn certifies(&self, api: &Api) -> ResultResponse {
        let at = |member: &StaffMember| member.at(api.clone());
        self.closes(api).await.unwrap();
        at(&self.members[0].0).reveal(SLUG, &self.opening).await.unwrap();
        let result = format!("/api/v1/rounds/{SLUG}/result");
        for _ in 0..600 {
            match api.get::<ResultResponse>(&result, None).await {
                Err(fault) if fault.slug() == Some("no-result-yet") => {}
                counted => {
                    counted.unwrap();
                    break;
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        for (member, key) in &self.members {
            at(member).sign(SLUG, key).await.unwrap();
        }
        api.get(&result, None).await.unwrap()
    }
}
