//! SQL that finds the articles of a cluster or a story.
//!
//! An article whose cluster (or story) is the one that it started itself is found by its own id, which follows from the
//! cluster's; only those that joined another's are in the index (schema 8). Whoever asks for a cluster asks both.

/// SQL: the numbers of the articles of a cluster, which is `$cluster`, a parameter or a column of the query around it.
macro_rules! of_cluster {
    ($cluster:literal) => {
        concat!(
            "(SELECT seq FROM placed WHERE cluster = ",
            $cluster,
            " AND cluster <> own_cluster UNION ALL SELECT seq FROM placed WHERE id = (",
            $cluster,
            " | 0x5851f42d4c957f2d) - (",
            $cluster,
            " & 0x5851f42d4c957f2d) AND cluster = own_cluster)"
        )
    };
}

/// SQL: the numbers of the articles of a story, as [`of_cluster`].
macro_rules! of_story {
    ($story:literal) => {
        concat!(
            "(SELECT seq FROM placed WHERE story = ",
            $story,
            " AND story <> own_story UNION ALL SELECT seq FROM placed WHERE id = (",
            $story,
            " | 0x4c548f53bbf2fe62) - (",
            $story,
            " & 0x4c548f53bbf2fe62) AND story = own_story)"
        )
    };
}

pub(super) use {of_cluster, of_story};

/// What articles are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Cluster,
    Story,
}

impl Group {
    /// As it is called in `redirect` and in events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Story => "story",
        }
    }

    /// The numbers of the articles of the group `?1`.
    pub fn rows(self) -> &'static str {
        match self {
            Self::Cluster => of_cluster!("?1"),
            Self::Story => of_story!("?1"),
        }
    }
}
