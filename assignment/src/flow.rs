//! A flow of least cost that grows: what goes through is the cheapest, and stays so when more is pushed from new nodes.
//!
//! The search itself is the crate's. It starts from nothing each time, and its price grows with the nodes that have something
//! left to push; so dossiers come in by small groups, each over what the earlier flow left, at prices made positive by the
//! distance to the sink. A new node has no way in, so it makes no better cycle: the result is the one of a single push.

use ac_library::MinCostFlowGraph;

/// Where everything ends.
pub const SINK: usize = 0;

const UNREACHED: i64 = i64::MAX;

struct Arc {
    from: usize,
    to: usize,
    capacity: i64,
    cost: i64,
    flow: i64,
}

/// Nodes, arcs, and what goes through.
pub struct Flow {
    nodes: usize,
    arcs: Vec<Arc>,
}

impl Flow {
    /// With the sink and so many other nodes, numbered from one.
    pub fn new(nodes: usize) -> Self {
        Self { nodes: nodes + 1, arcs: Vec::new() }
    }

    pub fn node(&mut self) -> usize {
        self.nodes += 1;
        self.nodes - 1
    }

    /// Adds an arc; its number says later what goes through.
    pub fn arc(&mut self, from: usize, to: usize, capacity: i64, cost: i64) -> usize {
        self.arcs.push(Arc { from, to, capacity, cost, flow: 0 });
        self.arcs.len() - 1
    }

    pub fn through(&self, arc: usize) -> i64 {
        self.arcs[arc].flow
    }

    /// What it all costs.
    #[cfg(test)]
    pub fn cost(&self) -> i64 {
        self.arcs.iter().map(|arc| arc.flow * arc.cost).sum()
    }

    /// Pushes so much from each of these nodes to the sink; each must have a way that no limit can close.
    pub fn push(&mut self, supplies: &[(usize, i64)]) {
        let far = self.distances();
        // The crate takes the highest number first among equals: the sink, then what was made first, nearest to it.
        let place = |node: usize| self.nodes - node;
        let mut graph = MinCostFlowGraph::new(self.nodes + 1);
        let mut edges = Vec::new();
        for (number, arc) in self.arcs.iter().enumerate().filter(|(_, arc)| far[arc.from] != UNREACHED && far[arc.to] != UNREACHED) {
            let price = arc.cost + far[arc.to] - far[arc.from];
            if arc.flow < arc.capacity {
                edges.push((graph.add_edge(place(arc.from), place(arc.to), arc.capacity - arc.flow, price), number, 1));
            }
            if arc.flow > 0 && arc.to != SINK {
                edges.push((graph.add_edge(place(arc.to), place(arc.from), arc.flow, -price), number, -1));
            }
        }
        for (node, supply) in supplies {
            graph.add_edge(0, place(*node), *supply, 0);
        }
        graph.flow(0, place(SINK), supplies.iter().map(|(_, supply)| supply).sum());
        for (edge, number, sign) in edges {
            self.arcs[number].flow += sign * graph.get_edge(edge).flow;
        }
    }

    /// The cheapest way from each node to the sink over what the flow leaves: it has no cycle that would improve it, so
    /// this ends.
    fn distances(&self) -> Vec<i64> {
        let mut far = vec![UNREACHED; self.nodes];
        far[SINK] = 0;
        let mut has_moved = true;
        while has_moved {
            has_moved = false;
            for arc in &self.arcs {
                if arc.flow < arc.capacity {
                    has_moved |= shorten(&mut far, arc.from, arc.to, arc.cost);
                }
                if arc.flow > 0 && arc.to != SINK {
                    has_moved |= shorten(&mut far, arc.to, arc.from, -arc.cost);
                }
            }
        }
        far
    }
}

fn shorten(far: &mut [i64], from: usize, to: usize, cost: i64) -> bool {
    let is_shorter = far[to] != UNREACHED && far[to] + cost < far[from];
    if is_shorter {
        far[from] = far[to] + cost;
    }
    is_shorter
}
