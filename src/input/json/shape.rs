//! The paths of a format, as a trie that guides the walk through a JSON text.

/// The most paths that a shape can have.
pub(in crate::input) const SLOTS: usize = 64;

/// The paths of a format. A path is `a.b`; `a[].b` looks into each item of an array.
#[derive(Debug)]
pub(in crate::input) struct Shape {
    nodes: Vec<Node>,
}

/// One key on a path.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The path that ends here, if its text is requested.
    pub(super) slot: Option<usize>,
    /// Whether the paths below continue in each item of an array.
    pub(super) each: bool,
    /// The bits of all nodes below.
    pub(super) below: u128,
    /// The requested paths, for messages.
    pub(super) path: &'static str,
    children: Keys,
}

impl Node {
    pub(super) fn is_leaf(&self) -> bool {
        self.children.count == 0
    }
}

impl Shape {
    /// The shape of these paths; the text of those that `wanted` selects is stored, by their index.
    ///
    /// A duplicate key is found on every path, requested or not.
    pub(in crate::input) fn new(paths: &[&'static str], wanted: impl Fn(usize) -> bool) -> Self {
        assert!(paths.len() <= SLOTS, "a shape has at most {SLOTS} paths");
        let mut nodes = vec![Node::default()];
        for (index, path) in paths.iter().enumerate() {
            let mut at = 0;
            for part in path.split('.') {
                let (key, each) = part.strip_suffix("[]").map_or((part, false), |key| (key, true));
                let next = match nodes[at].children.find(key) {
                    Some(next) => next,
                    None => {
                        let next = nodes.len();
                        nodes.push(Node { path, ..Node::default() });
                        nodes[at].children.insert(key, next);
                        next
                    }
                };
                nodes[next].each |= each;
                at = next;
            }
            nodes[at].path = path;
            nodes[at].slot = wanted(index).then_some(index);
        }
        assert!(nodes.len() <= 128, "the keys of a shape are distinguished by 128 bits");
        // Children follow their parents, so one walk from the end collects the bits.
        for at in (0..nodes.len()).rev() {
            let below = nodes[at]
                .children
                .all()
                .fold(0, |bits, child| bits | 1 << child | nodes[child].below);
            nodes[at].below = below;
        }
        Self { nodes }
    }

    pub(super) fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    pub(super) fn child(&self, node: usize, key: &str) -> Option<usize> {
        self.nodes[node].children.find(key)
    }
}

/// Keys and their nodes: a small open-addressing table, because there is a look-up for each key of
/// every record.
#[derive(Debug, Default)]
struct Keys {
    slots: Vec<Option<(&'static str, usize)>>,
    count: usize,
}

impl Keys {
    fn find(&self, key: &str) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut at = hash(key.as_bytes()) & mask;
        loop {
            match self.slots[at] {
                None => return None,
                Some((stored, node)) if stored == key => return Some(node),
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    fn insert(&mut self, key: &'static str, node: usize) {
        self.count += 1;
        let size = (self.count * 4).next_power_of_two();
        let mut old = std::mem::take(&mut self.slots);
        if old.len() < size {
            let grown = vec![None; size];
            let entries = std::mem::replace(&mut old, grown);
            for (key, node) in entries.into_iter().flatten() {
                place(&mut old, key, node);
            }
        }
        place(&mut old, key, node);
        self.slots = old;
    }

    fn all(&self) -> impl Iterator<Item = usize> + '_ {
        self.slots.iter().flatten().map(|&(_, node)| node)
    }
}

fn place(slots: &mut [Option<(&'static str, usize)>], key: &'static str, node: usize) {
    let mask = slots.len() - 1;
    let mut at = hash(key.as_bytes()) & mask;
    while slots[at].is_some() {
        at = (at + 1) & mask;
    }
    slots[at] = Some((key, node));
}

/// Mixes the length, the first eight and the last eight bytes.
fn hash(key: &[u8]) -> usize {
    let (first, last) = match (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (key.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)), 0),
    };
    let mixed =
        (first ^ last.rotate_left(29) ^ key.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keys_of_a_shape_are_found() {
        let keys = [
            "eventName",
            "eventTime",
            "eventType",
            "a",
            "",
            "ab",
            "aaaaaaaaaXaaaaaaaa",
            "aaaaaaaaaYaaaaaaaa",
        ];
        let mut table = Keys::default();
        for (node, key) in keys.iter().enumerate() {
            table.insert(key, node);
        }
        for (node, key) in keys.iter().enumerate() {
            assert_eq!(table.find(key), Some(node), "{key}");
        }
        for other in ["eventnam", "b", "aaaaaaaaaZaaaaaaaa"] {
            assert_eq!(table.find(other), None, "{other}");
        }
    }
}
