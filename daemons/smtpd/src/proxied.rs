//! XCLIENT and XFORWARD: a proxy before us tells of the client behind it.

use dns::NameStatus;
use esmtp::command::Verb;
use esmtp::proxied::{
    AttributeFault, ClientAttribute, ForwardAttribute, HostName, client_attribute, forward_attribute,
};
use esmtp::server::Pending;

use crate::log;
use crate::reply;
use crate::session::{End, Right, Session, Worked};
use crate::state::{Forwarded, Login, Trouble, UNKNOWN};

/// What XCLIENT told that is not of the client's address and name.
#[derive(Default)]
struct Told {
    helo: bool,
    protocol: bool,
    login: bool,
}

impl Session<'_> {
    /// Whether the client may send a command; it is told when it may not.
    async fn may(&mut self, right: Right, verb: Verb) -> Worked {
        match right {
            Right::Given => Ok(true),
            Right::NotGiven => {
                self.state.trouble |= Trouble::POLICY;
                self.reply(reply::UNAUTHORIZED).await?;
                Ok(false)
            }
            Right::Unknown => {
                log::right_unknown(verb.name(), &self.state.client.shown);
                Err(End::LocalData)
            }
        }
    }

    pub(crate) async fn xclient(&mut self, words: &[&str], pending: Pending) -> Worked {
        self.dialogue.refuse(pending);
        if !self.may(self.may_xclient, Verb::Xclient).await? {
            return Ok(false);
        }
        let mut told = Told::default();
        for word in words {
            match client_attribute(word) {
                Ok(ClientAttribute::Addr(Some(ip))) if ip.is_ipv6() && !self.server.protocols.ipv6 => {
                    // An address that no client can have here is none.
                    let value = word.split_once('=').map_or("", |(_, value)| value);
                    let fault = AttributeFault::BadValue("ADDR", value.to_owned());
                    self.state.trouble |= Trouble::PROTOCOL;
                    self.reply(&reply::attribute_fault(&fault, Verb::Xclient)).await?;
                    return Ok(false);
                }
                Ok(attribute) => self.set_client(attribute, &mut told),
                Err(fault) => {
                    self.state.trouble |= Trouble::PROTOCOL;
                    self.reply(&reply::attribute_fault(&fault, Verb::Xclient)).await?;
                    return Ok(false);
                }
            }
        }
        self.state.client.show(self.server.settings.client_port_logging);
        if !told.helo {
            self.state.helo = None;
        }
        if !told.protocol {
            self.state.extended = false;
        }
        if !told.login {
            self.state.login = None;
        }
        self.reset_history(0).await;
        self.reset_transaction();
        self.dialogue
            .restart(self.state.helo.is_some(), self.state.extended);
        self.begin_anew().await?;
        // Postfix counts a session that begins anew as a command that did not return.
        self.errors = self.errors.saturating_sub(1);
        Ok(false)
    }

    fn set_client(&mut self, attribute: ClientAttribute, told: &mut Told) {
        let client = &mut self.state.client;
        let port = |port: Option<u16>| port.map_or_else(|| UNKNOWN.to_owned(), |port| port.to_string());
        match attribute {
            ClientAttribute::Name(name) => {
                (client.name, client.name_status) = known(name);
                if client.name_status == NameStatus::Found {
                    client.reverse_name = client.name.clone();
                    client.reverse_status = NameStatus::Found;
                }
            }
            ClientAttribute::ReverseName(name) => (client.reverse_name, client.reverse_status) = known(name),
            ClientAttribute::Addr(ip) => client.set_address(ip),
            ClientAttribute::Port(number) => client.port = port(number),
            ClientAttribute::DestAddr(ip) => {
                client.server_address = ip.map_or_else(|| UNKNOWN.to_owned(), |ip| ip.to_string());
            }
            ClientAttribute::DestPort(number) => client.server_port = port(number),
            ClientAttribute::Helo(helo) => {
                self.state.helo = helo;
                told.helo = true;
            }
            ClientAttribute::Extended(extended) => {
                self.state.extended = extended;
                told.protocol = true;
            }
            // Without authentication a name proves nothing (postconf(5) permit_sasl_authenticated).
            ClientAttribute::Login(Some(_)) if !self.server.settings.sasl_auth_enable => {}
            ClientAttribute::Login(Some(user)) => {
                self.state.login = Some(Login {
                    method: "XCLIENT".into(),
                    user,
                });
                told.login = true;
            }
            ClientAttribute::Login(None) => {}
        }
    }

    pub(crate) async fn xforward(&mut self, words: &[&str], pending: Pending) -> Worked {
        self.dialogue.refuse(pending);
        if !self.may(self.may_xforward, Verb::Xforward).await? {
            return Ok(false);
        }
        let mut forwarded = self.state.forwarded.take().unwrap_or_default();
        let mut fault = None;
        for word in words {
            match forward_attribute(word) {
                Ok(attribute) => set_forwarded(&mut forwarded, attribute),
                Err(found) => {
                    fault = Some(found);
                    break;
                }
            }
        }
        self.state.forwarded = Some(forwarded);
        match fault {
            None => {
                self.reply(reply::OK).await?;
                Ok(true)
            }
            Some(fault) => {
                self.state.trouble |= Trouble::PROTOCOL;
                self.reply(&reply::attribute_fault(&fault, Verb::Xforward))
                    .await?;
                Ok(false)
            }
        }
    }
}

fn known(name: HostName) -> (String, NameStatus) {
    match name {
        HostName::Known(name) => (name, NameStatus::Found),
        HostName::Absent => (UNKNOWN.to_owned(), NameStatus::Absent),
        HostName::Undecided => (UNKNOWN.to_owned(), NameStatus::CouldNotTell),
    }
}

fn set_forwarded(forwarded: &mut Forwarded, attribute: ForwardAttribute) {
    match attribute {
        ForwardAttribute::Name(name) => {
            forwarded.name = name.unwrap_or_else(|| UNKNOWN.to_owned());
            forwarded.told_client = true;
        }
        ForwardAttribute::Addr(ip) => {
            forwarded.ip = ip;
            forwarded.told_client = true;
        }
        ForwardAttribute::Port(port) => {
            forwarded.port = port.map_or_else(|| UNKNOWN.to_owned(), |port| port.to_string());
            forwarded.told_client = true;
        }
        ForwardAttribute::Helo(helo) => forwarded.helo = helo,
        ForwardAttribute::Proto(protocol) => forwarded.protocol = protocol,
        ForwardAttribute::Ident(ident) => forwarded.ident = ident,
        ForwardAttribute::Local(local) => forwarded.local = local,
    }
}
