//! SQL that finds the articles of a cluster or a story.
//!
//! An article whose cluster (or story) is the one that it started itself is found by its own id, which follows from the
//! cluster's; only those that joined another's are in the index (schema 8). Whoever asks for a cluster asks both.

/// SQL: the numbers of the articles whose `$column` is `$group`, of which `$own` may be one that started it; its id and the
/// group's differ by `$bits`.
macro_rules! of_group {
    ($column:literal, $own:literal, $bits:literal, $group:literal) => {
        concat!(
            "(SELECT seq FROM placed WHERE ",
            $column,
            " = ",
            $group,
            " AND ",
            $column,
            " <> ",
            $own,
            " UNION ALL SELECT seq FROM placed WHERE id = (",
            $group,
            " | ",
            $bits,
            ") - (",
            $group,
            " & ",
            $bits,
            ") AND ",
            $column,
            " = ",
            $own,
            ")"
        )
    };
}

/// SQL: the numbers of the articles of a cluster, which is `$cluster`, a parameter or a column of the query around it.
macro_rules! of_cluster {
    ($cluster:literal) => {
        $crate::store::groups::of_group!("cluster", "own_cluster", "0x5851f42d4c957f2d", $cluster)
    };
}

/// SQL: the numbers of the articles of a story, as [`of_cluster`].
macro_rules! of_story {
    ($story:literal) => {
        $crate::store::groups::of_group!("story", "own_story", "0x4c548f53bbf2fe62", $story)
    };
}

pub(super) use {of_cluster, of_group, of_story};

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
