//! A place from which readers are served without us: a folder, or a bucket of an S3-compatible store. Each file there is whole or not there.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use object_store::{
    Attribute, AttributeValue, Attributes, ObjectStore, ObjectStoreExt as _, PutOptions, RetryConfig,
    aws::AmazonS3Builder, buffered::BufWriter, local::LocalFileSystem, path::Path,
};
use tokio::io::AsyncWriteExt as _;

/// How long a store may stay away before the push fails; what was pushed stays, so that the next one goes on.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a request to a store is made again within that time.
const TRIES: usize = 6;

/// Why something could not be done there.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct MirrorFault {
    /// Where.
    place: String,
    /// What the store says.
    reason: String,
}

/// Headers that a file is served with, where the place keeps such.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// `Content-Type`.
    pub media_type: Option<String>,
    /// `Cache-Control`.
    pub caching: Option<String>,
    /// `Content-Disposition`.
    pub disposition: Option<String>,
}

/// The place.
#[derive(Debug, Clone)]
pub struct Mirror {
    store: Arc<dyn ObjectStore>,
    /// In front of every name.
    prefix: Path,
    /// Whether it is a folder, which keeps no headers and cannot have a file and a folder of one name.
    is_folder: bool,
}

impl Mirror {
    /// `s3://BUCKET[/PREFIX]`, or a folder, which is made if need be. Keys, region and all else of a bucket come from the
    /// environment (`AWS_ACCESS_KEY_ID` and so on).
    ///
    /// # Errors
    /// [`MirrorFault`] when there is no such place or its settings are incomplete.
    pub fn open(place: &str, endpoint: Option<&str>) -> Result<Self, MirrorFault> {
        let fault =
            |reason: &dyn std::fmt::Display| MirrorFault { place: place.to_owned(), reason: reason.to_string() };
        let Some(rest) = place.strip_prefix("s3://") else {
            let folder = PathBuf::from(place);
            std::fs::create_dir_all(&folder).map_err(|reason| fault(&reason))?;
            let store = LocalFileSystem::new_with_prefix(folder).map_err(|reason| fault(&reason))?.with_fsync(true);
            return Ok(Self { store: Arc::new(store), prefix: Path::default(), is_folder: true });
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let retry = RetryConfig { max_retries: TRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        let store = builder.build().map_err(|reason| fault(&reason))?;
        let prefix = Path::parse(prefix).map_err(|reason| fault(&reason))?;
        Ok(Self { store: Arc::new(store), prefix, is_folder: false })
    }

    /// The name of what readers find at an address. In a folder, what has other addresses below it is the index of that folder.
    ///
    /// # Errors
    /// [`MirrorFault`] when no file can have such a name.
    pub fn name(&self, address: &str, index: Option<&str>) -> Result<String, MirrorFault> {
        let address = address.trim_matches('/');
        let name = match index.filter(|_| self.is_folder) {
            Some(index) => format!("{address}/{index}"),
            None => address.to_owned(),
        };
        Path::parse(&name)
            .map(|_| name.clone())
            .map_err(|reason| MirrorFault { place: name, reason: reason.to_string() })
    }

    /// What is there below a name, with its length in bytes.
    ///
    /// # Errors
    /// [`MirrorFault`].
    pub async fn list(&self, below: &str) -> Result<BTreeMap<String, u64>, MirrorFault> {
        let (mut found, mut folders) = (BTreeMap::new(), vec![self.path(below)?]);
        while let Some(folder) = folders.pop() {
            let listed = self.store.list_with_delimiter(Some(&folder)).await;
            let listed = listed.map_err(|reason| Self::fault(&folder, &reason))?;
            for object in listed.objects {
                let name = object.location.prefix_match(&self.prefix);
                let name = name.map(|parts| parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"));
                found.extend(name.map(|name| (name, object.size)));
            }
            folders.extend(listed.common_prefixes);
        }
        Ok(found)
    }

    /// The file of a name.
    ///
    /// # Errors
    /// [`MirrorFault`].
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>, MirrorFault> {
        let path = self.path(name)?;
        let got = match self.store.get(&path).await {
            Ok(got) => got.bytes().await,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(fault) => Err(fault),
        };
        got.map(Some).map_err(|reason| Self::fault(&path, &reason))
    }

    /// Puts a file there in one piece, in place of one that was there.
    ///
    /// # Errors
    /// [`MirrorFault`].
    pub async fn put(&self, name: &str, headers: &Headers, bytes: Bytes) -> Result<(), MirrorFault> {
        let path = self.path(name)?;
        let options = PutOptions { attributes: self.attributes(headers), ..PutOptions::default() };
        let put = self.store.put_opts(&path, bytes.into(), options).await;
        put.map(drop).map_err(|reason| Self::fault(&path, &reason))
    }

    /// Begins a file that comes in parts and is there once it is finished.
    ///
    /// # Errors
    /// [`MirrorFault`] when no file can have this name.
    pub fn begin(&self, name: &str, headers: &Headers) -> Result<Upload, MirrorFault> {
        let path = self.path(name)?;
        let writer = BufWriter::new(Arc::clone(&self.store), path.clone()).with_attributes(self.attributes(headers));
        Ok(Upload { path, writer })
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// [`MirrorFault`].
    pub async fn remove(&self, name: &str) -> Result<(), MirrorFault> {
        let path = self.path(name)?;
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(fault) => Err(Self::fault(&path, &fault)),
        }
    }

    fn path(&self, name: &str) -> Result<Path, MirrorFault> {
        let name =
            Path::parse(name).map_err(|reason| MirrorFault { place: name.to_owned(), reason: reason.to_string() })?;
        Ok(self.prefix.parts().chain(name.parts()).collect())
    }

    fn attributes(&self, headers: &Headers) -> Attributes {
        let pairs = [
            (Attribute::ContentType, &headers.media_type),
            (Attribute::CacheControl, &headers.caching),
            (Attribute::ContentDisposition, &headers.disposition),
        ];
        let given = pairs.into_iter().filter(|_| !self.is_folder);
        given.filter_map(|(name, value)| Some((name, AttributeValue::from(value.clone()?)))).collect()
    }

    fn fault(path: &Path, reason: &object_store::Error) -> MirrorFault {
        MirrorFault { place: path.to_string(), reason: reason.to_string() }
    }
}

/// A file on its way.
#[derive(Debug)]
pub struct Upload {
    path: Path,
    writer: BufWriter,
}

impl Upload {
    /// The next part.
    ///
    /// # Errors
    /// [`MirrorFault`].
    pub async fn push(&mut self, part: Bytes) -> Result<(), MirrorFault> {
        self.writer.put(part).await.map_err(|reason| Mirror::fault(&self.path, &reason))
    }

    /// Makes the file be there.
    ///
    /// # Errors
    /// [`MirrorFault`].
    pub async fn finish(mut self) -> Result<(), MirrorFault> {
        let finished = self.writer.shutdown().await;
        finished.map_err(|reason| MirrorFault { place: self.path.to_string(), reason: reason.to_string() })
    }

    /// Leaves nothing of it behind.
    pub async fn abandon(mut self) {
        self.writer.abort().await.ok();
    }
}
