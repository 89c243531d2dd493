//! What is asked of the program.

use std::time::Duration;

use crate::rounds::Plan;

/// How much is measured.
pub struct Size {
    pub plan: Plan,
    pub tokens: usize,
    /// New tokens in a slice of the cold load.
    pub new_tokens: usize,
}

/// Short, so that what disturbs the machine for a second disturbs all services alike, and long beside
/// what a CPU's caches need to fill.
const SLICE: Duration = Duration::from_millis(50);

const FULL: Size = Size {
    plan: Plan {
        runs: 8,
        rounds: 24,
        slice: SLICE,
    },
    tokens: 100_000,
    new_tokens: 1_000,
};

/// Enough to see that everything works, and roughly what a change did.
const QUICK: Size = Size {
    plan: Plan {
        runs: 2,
        rounds: 10,
        slice: SLICE,
    },
    tokens: 10_000,
    new_tokens: 400,
};

#[derive(Clone, Copy)]
pub enum Table {
    Hot,
    Cold,
    Anonymous,
    Growth,
}

pub struct Arguments {
    pub size: Size,
    pub tables: Vec<Table>,
}

impl Arguments {
    /// `--quick`, and the names of tables: none means all.
    pub fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut size = FULL;
        let mut tables = Vec::new();
        for argument in arguments {
            match argument.as_str() {
                "--quick" => size = QUICK,
                "hot" => tables.push(Table::Hot),
                "cold" => tables.push(Table::Cold),
                "anonymous" => tables.push(Table::Anonymous),
                "growth" => tables.push(Table::Growth),
                other => {
                    return Err(format!(
                        "`{other}` is neither --quick nor a table: hot, cold, anonymous, growth"
                    ));
                }
            }
        }
        if tables.is_empty() {
            tables = vec![Table::Hot, Table::Cold, Table::Anonymous, Table::Growth];
        }
        Ok(Self { size, tables })
    }
}
