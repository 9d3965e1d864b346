//! `hearken links`: the keys of links in messages.

use crate::{
    arguments::LinksCommand,
    installation,
    link_keys::LinkKeys,
    output::{Exit, Misuse, say},
};

pub(super) fn links(command: LinksCommand) -> anyhow::Result<Exit> {
    match command {
        LinksCommand::RotateKey { configured } => {
            let wiring = configured.wiring()?;
            if wiring.links.is_none() {
                let why = "there are no links: [links] public-url says where they lead";
                return Err(Misuse(why.into()).into());
            }
            installation::make_folder(&wiring.data_dir)?;
            let number = LinkKeys::in_folder(&wiring.data_dir).rotate()?;
            say(&format!(
                "new links are made with key {number} from now on; those made with older keys go on working\n"
            ))?;
            Ok(Exit::Done)
        }
    }
}
