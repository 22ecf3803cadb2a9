//! The commands of the program as a tree.

/// A command and those below it.
pub(crate) fn commands(command: &clap::Command) -> Vec<&clap::Command> {
    let below = command.get_subcommands().flat_map(commands);
    std::iter::once(command).chain(below).collect()
}
