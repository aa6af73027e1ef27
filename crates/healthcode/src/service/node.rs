//! A node of a region from its configuration: store, rules, areas, keys, memory.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use hc_code::signing::{Signer, SigningKey};
use hc_code::verify::RecognitionPolicy;
use hc_core::rulebook::Rulebook;
use hc_core::store::{DocumentHasher, Store as _, StoreError};
use hc_node::heads::LogParts;
use hc_node::keys::RegionTerms;
use hc_node::region::{Clock, Parts, Region};
use hc_node::token::TokenSealer;
use hc_store_sqlite::{Options, SqliteStore};

use super::head_file::HeadFile;
use super::marks::{self, Marks};
use super::{Clockwork, Configured, Secrets};
use crate::input::{self, areas};
use crate::progress;
use crate::random;

/// The embedded default: SQLite, and the root key in a file.
pub(crate) type Node = Region<SqliteStore, SigningKey>;

/// Opens the store and begins the node.
pub(crate) async fn begin(configured: &Configured, clock: Arc<Clockwork>) -> Result<Arc<Node>> {
    begin_with(configured, clock, RecognitionPolicy::plain()).await
}

/// The same, with what the region makes of other regions' codes.
pub(crate) async fn begin_with(
    configured: &Configured,
    clock: Arc<Clockwork>,
    policy: RecognitionPolicy,
) -> Result<Arc<Node>> {
    let config = &configured.config;
    let secrets = Secrets::read(&configured.path(&config.secrets))?;
    let pack = input::proved_pack(&configured.path(&config.rules))?;
    ensure!(
        pack.region == config.region,
        "the configuration is of {}, its rules of {}",
        config.region,
        pack.region
    );
    let mut rulebook = Rulebook::new(pack);
    if !config.areas.is_empty() {
        let files: Vec<_> = config
            .areas
            .iter()
            .map(|path| configured.path(path))
            .collect();
        let read = areas::read(&files)?;
        if let Some((path, line, what)) = read.refused.first() {
            let line = line.map_or_else(String::new, |line| format!(" line {line}"));
            bail!("{}{line}: {what}", path.display());
        }
        let now = clock.now();
        rulebook.publish(|ledger| *ledger = read.ledger(now));
    }
    let database = configured.path(&config.database);
    let store = SqliteStore::open(
        &database,
        secrets.columns.cipher(),
        random::source()?,
        &Options::default(),
    )
    .with_context(|| format!("cannot open {}", database.display()))?;
    let marks = Marks::of(&secrets);
    let foreign = store.write(move |writing| {
        let foreign = marks.foreign(writing)?;
        if foreign.is_empty() {
            marks.keep(writing)?;
        }
        Ok::<_, StoreError>(foreign)
    });
    marks::own(&foreign.await?)?;
    let parts = Parts {
        store,
        terms: RegionTerms {
            division: config.region,
            offset: config.offset,
            staleness_limit: config.staleness_limit,
            algorithm: secrets.root.public_key().algorithm(),
        },
        root: secrets.root,
        paper: secrets.paper,
        log: LogParts {
            signer: secrets.log,
            memory: Box::new(HeadFile::of(&database)),
        },
        hasher: DocumentHasher::new(&secrets.documents),
        tokens: secrets
            .tokens_before
            .iter()
            .fold(TokenSealer::new(&secrets.tokens), |sealer, before| {
                sealer.with_older(&before.secret)
            }),
        rulebook,
        policy,
        lists_at: config.lists_at()?,
        clock,
        random: random::source()?,
    };
    let bar = progress::counter("loading");
    let node = Region::begin(parts, move |loaded| bar.set_position(loaded)).await?;
    Ok(Arc::new(node))
}
