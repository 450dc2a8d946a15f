//! Where messages to browsers may go: the push services that the house knows, and no other address.
//!
//! The address of a subscription comes from a browser, and so from anybody. Without a list of hosts whoever may
//! subscribe could make Financr ask an address of their choice, also one inside the house.

use reqwest::Url;

/// Bytes of an address at most.
const ENDPOINT_BYTES_MAX: usize = 2_048;
/// What stands before a name if every host below it is meant.
const BELOW: &str = "*.";
/// The push services of the browsers that are in use: Chrome and its kin, Firefox, Edge, Safari.
const KNOWN_HOSTS: [&str; 4] =
    ["fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "web.push.apple.com"];
/// This machine, to try things.
const OWN_HOSTS: [&str; 2] = ["127.0.0.1", "localhost"];

/// The hosts of push services to which messages may go.
#[derive(Clone, Debug)]
pub(super) struct HostList(Vec<String>);

/// The hosts that are allowed without a word in the configuration.
pub(super) fn known_hosts() -> Vec<String> {
    KNOWN_HOSTS.map(str::to_owned).to_vec()
}

impl HostList {
    /// A list of names, each of one host or, after `*.`, of all below it.
    ///
    /// # Errors
    /// The entry that is no such name.
    pub(super) fn new(hosts: &[String]) -> Result<HostList, String> {
        if hosts.is_empty() {
            return Err("`hosts` names no host; leave it out for the push services that are known".to_owned());
        }
        for host in hosts {
            let name = host.strip_prefix(BELOW).unwrap_or(host);
            let is_name =
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte));
            // A name without a dot would open all that ends with it.
            let is_far = name.contains('.') && !name.starts_with('.') && !name.ends_with('.');
            if !is_name || !(is_far || OWN_HOSTS.contains(&host.as_str())) {
                let help = "use a name such as `fcm.googleapis.com`, or `*.notify.windows.com` for all below it";
                return Err(format!("`hosts` has `{host}`, which is no name of hosts; {help}"));
            }
        }
        Ok(HostList(hosts.to_vec()))
    }

    /// The address of a subscription, if a message may go there.
    ///
    /// # Errors
    /// Why not, without the address.
    pub(super) fn endpoint(&self, text: &str) -> Result<Url, String> {
        if ENDPOINT_BYTES_MAX < text.len() {
            return Err(format!("the endpoint has more than {ENDPOINT_BYTES_MAX} bytes"));
        }
        let url = Url::parse(text).map_err(|_| "the endpoint is no address".to_owned())?;
        let host = url.host_str().unwrap_or_default();
        let is_own = OWN_HOSTS.contains(&host);
        let is_open = match url.scheme() {
            "https" => is_own || url.port().is_none(),
            "http" => is_own,
            _ => false,
        };
        if !is_open {
            return Err("the endpoint does not begin with https://, or names a port".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("the endpoint has a user, a password or a fragment".to_owned());
        }
        if !self.has(host) {
            return Err(format!("`{host}` is none of the push services in `hosts` under [web_push]"));
        }
        Ok(url)
    }

    fn has(&self, host: &str) -> bool {
        self.0.iter().any(|allowed| match allowed.strip_prefix(BELOW) {
            Some(name) => host.strip_suffix(name).is_some_and(|before| 1 < before.len() && before.ends_with('.')),
            None => allowed == host,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_to_the_push_services_of_browsers_and_nowhere_else() {
        let list = HostList::new(&known_hosts()).expect("a list");
        for good in [
            "https://fcm.googleapis.com/fcm/send/c1KrmpTuRm",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
            "https://wns2-by3p.notify.windows.com/w/?token=BQYAAA%3d",
            "https://web.push.apple.com/QGuQyavXutnMH",
            "https://FCM.googleapis.com:443/fcm/send/c1KrmpTuRm",
        ] {
            assert!(list.endpoint(good).is_ok(), "{good}");
        }
        for wrong in [
            "http://fcm.googleapis.com/fcm/send/c1KrmpTuRm",
            "https://fcm.googleapis.com:8443/fcm/send/c1KrmpTuRm",
            "https://fcm.googleapis.com./fcm/send/c1KrmpTuRm",
            "https://fcm.googleapis.com@example.org/fcm",
            "https://anna:secret@fcm.googleapis.com/fcm",
            "https://fcm.googleapis.com/fcm#here",
            "https://fcm.googleapis.com.example.org/fcm",
            "https://notfcm.googleapis.com/fcm",
            "https://push.services.mozilla.com/wpush",
            "https://.push.services.mozilla.com/wpush",
            "https://evilpush.services.mozilla.com/wpush",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://localhost/push",
            "http://127.0.0.1:8080/push",
            "https://2130706433/push",
            "file:///etc/passwd",
            "fcm.googleapis.com/fcm",
            "",
        ] {
            assert!(list.endpoint(wrong).is_err(), "{wrong}");
        }
        assert!(list.endpoint(&format!("https://fcm.googleapis.com/{}", "x".repeat(2_048))).is_err());
    }

    #[test]
    fn this_machine_is_asked_only_if_the_list_names_it() {
        let list = HostList::new(&["127.0.0.1".to_owned()]).expect("a list");
        assert!(list.endpoint("http://127.0.0.1:8080/push").is_ok());
        assert!(list.endpoint("http://localhost:8080/push").is_err());
        assert!(list.endpoint("https://fcm.googleapis.com/fcm").is_err());
    }

    #[test]
    fn a_list_names_hosts_and_does_not_open_the_world() {
        for wrong in
            ["*", "*.", "*.com", "com", "", "https://fcm.googleapis.com", "fcm.googleapis.com/fcm", ".com.", "a.*.b"]
        {
            assert!(HostList::new(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
        assert!(HostList::new(&[]).is_err());
    }
}
