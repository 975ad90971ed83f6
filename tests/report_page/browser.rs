//! A browser without a window, told what to do by the DevTools protocol over two pipes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long the browser may take for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    count: u64,
    /// What was told and not asked for, in its order.
    events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Starts `chromium`, or what the variable `CHROMIUM` names.
    pub fn start() -> Self {
        let program = std::env::var("CHROMIUM").unwrap_or("chromium".into());
        let profile = tempfile::tempdir().unwrap();
        // The protocol is on the descriptors 3 and 4.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null"])
            .arg(&program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = process.stdin.take().unwrap();
        let mut replies = BufReader::new(process.stdout.take().unwrap());
        let (sender, from) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while replies.read_until(0, &mut message).is_ok_and(|it| it > 0) {
                message.pop();
                let _ = sender.send(serde_json::from_slice(&message).unwrap());
                message.clear();
            }
        });
        let mut browser = Self {
            process,
            to,
            from,
            session: None,
            count: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let target = browser.tell("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.tell("Target.attachToTarget", target);
        browser.session = Some(session["sessionId"].as_str().unwrap().to_string());
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.tell(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Opens a file in a window of this size, for a reader who likes `scheme`.
    pub fn open(&mut self, path: &Path, [width, height]: [u32; 2], scheme: &str) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.tell("Emulation.setDeviceMetricsOverride", size);
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.tell("Emulation.setEmulatedMedia", scheme);
        self.events.clear();
        self.tell(
            "Page.navigate",
            json!({"url": format!("file://{}", path.display())}),
        );
        while !self
            .events
            .iter()
            .any(|it| it["method"] == "Page.loadEventFired")
        {
            self.hear();
        }
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let argument =
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.tell("Runtime.evaluate", argument);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// Where the middle of the first such element is, scrolled into view.
    pub fn place(&mut self, selector: &str) -> [f64; 2] {
        let place = self.value(&format!(
            "(() => {{ const it = document.querySelector({selector:?}); it.scrollIntoView({{block: 'center'}});
                const box = it.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        [0, 1].map(|index| place[index].as_f64().unwrap())
    }

    pub fn hover(&mut self, [x, y]: [f64; 2]) {
        self.mouse("mouseMoved", [x, y]);
    }

    pub fn click(&mut self, selector: &str) {
        let place = self.place(selector);
        for what in ["mouseMoved", "mousePressed", "mouseReleased"] {
            self.mouse(what, place);
        }
    }

    fn mouse(&mut self, what: &str, [x, y]: [f64; 2]) {
        let button = if what == "mouseMoved" { "none" } else { "left" };
        let event = json!({"type": what, "x": x, "y": y, "button": button, "clickCount": 1});
        self.tell("Input.dispatchMouseEvent", event);
    }

    /// What went wrong in the page, and what it fetched besides itself.
    pub fn complaints(&self) -> Vec<&Value> {
        let is_one = |it: &&Value| match it["method"].as_str() {
            Some("Runtime.exceptionThrown" | "Log.entryAdded") => true,
            Some("Network.requestWillBeSent") => {
                let url = it["params"]["request"]["url"].as_str().unwrap();
                !url.starts_with("file://") || it["params"]["type"] != "Document"
            }
            _ => false,
        };
        self.events.iter().filter(is_one).collect()
    }

    /// Tells the browser something and waits for the answer.
    fn tell(&mut self, method: &str, params: Value) -> Value {
        self.count += 1;
        let mut message = json!({"id": self.count, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let sent = self.to.write_all(format!("{message}\0").as_bytes());
        sent.expect("chromium runs: Debian's package of this name, or name another with CHROMIUM");
        loop {
            let heard = self.hear();
            if heard["id"] == self.count {
                assert!(heard["error"].is_null(), "{method}: {heard}");
                return heard["result"].clone();
            }
        }
    }

    fn hear(&mut self) -> Value {
        let heard = self.from.recv_timeout(PATIENCE);
        let heard = heard.expect(
            "chromium answers: Debian's package of this name, or name another with CHROMIUM",
        );
        if heard["id"].is_null() {
            self.events.push(heard.clone());
        }
        heard
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
