//! Several files as one, so that a page on a slow network waits for one round trip and not for ten.
//!
//! The files stay as they are written and are sent unchanged where they are asked for by their own names; joining is
//! done when the program starts, and is no build chain. Modules keep a scope each: every one becomes a function that is
//! called when it is first imported, whether by a statement or by `import()`. What a module may look like is therefore
//! narrow, and a test holds every file to it: imports are one line each and name a file by its relative path, exports are
//! declarations or one list at the end, nothing that is exported is ever assigned anew, and no circle of imports.

use std::collections::BTreeSet;

use super::file::File;

/// Files that are sent as one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joined {
    /// Its path below `web/`, where no file is.
    pub(super) path: &'static str,
    /// The first module, or every style in its order.
    pub(super) of: &'static [&'static str],
}

/// Why files cannot be joined; a test finds it before anybody else does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum JoinError {
    /// A file that is not there.
    #[error("{0} imports {1}, which is no file")]
    NoFile(String, String),
    /// A line that is not understood.
    #[error("{0}: {1:?} is not of the form that can be joined")]
    Form(String, String),
    /// A circle.
    #[error("{0} imports itself, by way of others")]
    Circle(String),
}

impl Joined {
    /// The content, and the paths of the files in it.
    ///
    /// # Errors
    /// [`JoinError`].
    pub(super) fn content(
        &self,
        files: &'static [File],
    ) -> Result<(String, BTreeSet<&'static str>), JoinError> {
        let mut joining = Joining {
            files,
            text: String::new(),
            done: BTreeSet::new(),
            under_way: Vec::new(),
        };
        if self.is_style() {
            for path in self.of {
                let (path, text) = joining.file(self.path, path)?;
                joining.text.push_str(text);
                joining.done.insert(path);
            }
            return Ok((joining.text, joining.done));
        }
        joining.text.push_str(BEGINNING);
        for path in self.of {
            joining.module(self.path, path)?;
        }
        joining.text.push_str("};\n");
        for path in self.of {
            let call = [
                "$import(\"",
                path,
                "\");
",
            ]
            .concat();
            joining.text.push_str(&call);
        }
        Ok((joining.text, joining.done))
    }

    fn is_style(&self) -> bool {
        self.path.rsplit('.').next() == Some("css")
    }
}

/// Modules by their paths, made when they are first asked for.
const BEGINNING: &str = "const $made = {};\n\
    const $import = (path) => {\n  if (!$made[path]) $of[path](($made[path] = {}));\n  return $made[path];\n};\n\
    const $of = {\n";

struct Joining {
    files: &'static [File],
    text: String,
    done: BTreeSet<&'static str>,
    under_way: Vec<&'static str>,
}

impl Joining {
    fn file(&self, by: &str, path: &str) -> Result<(&'static str, &'static str), JoinError> {
        let none = || JoinError::NoFile(by.to_owned(), path.to_owned());
        let file = self.files.iter().find(|file| file.path() == path);
        let file = file.ok_or_else(none)?;
        let text = std::str::from_utf8(file.bytes()).map_err(|_| none())?;
        Ok((file.path(), text))
    }

    fn module(&mut self, by: &str, path: &str) -> Result<(), JoinError> {
        let (path, text) = self.file(by, path)?;
        if self.under_way.contains(&path) {
            return Err(JoinError::Circle(path.to_owned()));
        }
        if self.done.contains(path) {
            return Ok(());
        }
        self.under_way.push(path);
        let module = Module::read(path, text)?;
        for other in &module.needs {
            self.module(path, other)?;
        }
        self.under_way.pop();
        // What is imported later may import this one: it is there by then.
        self.done.insert(path);
        let exported = module.exported.join(", ");
        let made = [
            "\"",
            path,
            "\"($) {\n",
            &module.body,
            "Object.assign($, { ",
            &exported,
            " });\n},\n",
        ];
        self.text.push_str(&made.concat());
        for other in &module.later {
            self.module(path, other)?;
        }
        Ok(())
    }
}

/// A module taken apart.
struct Module {
    body: String,
    needs: Vec<String>,
    later: Vec<String>,
    exported: Vec<String>,
}

impl Module {
    fn read(path: &str, text: &str) -> Result<Self, JoinError> {
        let mut module = Self {
            body: String::with_capacity(text.len()),
            needs: Vec::new(),
            later: Vec::new(),
            exported: Vec::new(),
        };
        for line in text.lines() {
            let wrong = || JoinError::Form(path.to_owned(), line.to_owned());
            if let Some(rest) = line.strip_prefix("import ") {
                module.import(path, rest).ok_or_else(wrong)?;
            } else if let Some(rest) = line.strip_prefix("export ") {
                module.export(rest).ok_or_else(wrong)?;
            } else if line.starts_with("//") {
                // What is said to readers of the file itself.
            } else {
                let line = module.later(path, line).ok_or_else(wrong)?;
                module.body.push_str(&line);
                module.body.push('\n');
            }
        }
        Ok(module)
    }

    /// `{ a, b } from "./x.js";`, `* as x from "./x.js";` or `"./x.js";`.
    fn import(&mut self, path: &str, rest: &str) -> Option<()> {
        let rest = rest.strip_suffix(';')?;
        let (names, from) = match rest.split_once(" from ") {
            Some((names, from)) => (Some(names), from),
            None => (None, rest),
        };
        let other = beside(path, from.strip_prefix('"')?.strip_suffix('"')?)?;
        let taken = match names {
            None => String::new(),
            Some(names) => match names.strip_prefix("* as ") {
                Some(name) => format!("const {name} = "),
                // `a as b` would be `a: b` here; nobody needs it.
                None if names.starts_with('{') && !names.contains(" as ") => {
                    format!("const {names} = ")
                }
                None => return None,
            },
        };
        let line = [&*taken, "$import(\"", &other, "\");\n"].concat();
        self.body.push_str(&line);
        self.needs.push(other);
        Some(())
    }

    /// `function f(`, `async function f(`, `class C `, `const c =` or `{ a, b };`.
    fn export(&mut self, rest: &str) -> Option<()> {
        if let Some(list) = rest.strip_prefix('{') {
            let names = list.strip_suffix("};")?.split(',').map(str::trim);
            for name in names.filter(|name| !name.is_empty()) {
                is_name(name).then(|| self.exported.push(name.to_owned()))?;
            }
            return Some(());
        }
        let kinds = ["async function ", "function ", "class ", "const "];
        let declared = kinds.iter().find_map(|kind| rest.strip_prefix(kind))?;
        let end = declared.find(|sign| !is_part(sign))?;
        let name = declared.get(..end).filter(|name| is_name(name))?;
        self.exported.push(name.to_owned());
        self.body.push_str(rest);
        self.body.push('\n');
        Some(())
    }

    /// A line with its `import("./x.js")` in it.
    fn later(&mut self, path: &str, line: &str) -> Option<String> {
        let mut read = String::with_capacity(line.len());
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("import(") {
            let (name, after) = after.strip_prefix('"')?.split_once("\")")?;
            let other = beside(path, name)?;
            read.push_str(before);
            // As from the network: what fails fails the promise.
            let call = ["Promise.resolve().then(() => $import(\"", &other, "\"))"].concat();
            read.push_str(&call);
            self.later.push(other);
            rest = after;
        }
        read.push_str(rest);
        // Where a file lies is asked in one way, which is the same from the joined file: it lies as deep.
        let upwards = ["new URL(`../", "new URL(\"..\""];
        let elsewhere =
            read.contains("import.meta") && !upwards.iter().any(|start| read.contains(start));
        (!elsewhere).then_some(read)
    }
}

/// A relative path, from the file that names it.
fn beside(path: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    relative.starts_with('.').then(|| parts.join("/"))
}

const fn is_part(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || sign == '_' || sign == '$'
}

fn is_name(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|sign| !sign.is_ascii_digit()) && text.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Joined = Joined {
        path: "a/page.js",
        of: &["a/main.js"],
    };

    fn joined(main: &'static str, others: &[(&'static str, &'static str)]) -> String {
        let mut files = vec![File::new("a/main.js", main.as_bytes())];
        files.extend(
            others
                .iter()
                .map(|(path, text)| File::new(path, text.as_bytes())),
        );
        let files = Box::leak(files.into_boxed_slice());
        match ONE.content(files) {
            Ok((text, _)) => text,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_module_is_a_function_that_gives_what_it_exports() {
        let text = joined(
            "// What it is.\nimport { one } from \"../b/one.js\";\nimport * as all from \"../b/one.js\";\nimport \"../b/one.js\";\none(all);\n",
            &[(
                "b/one.js",
                "export async function one() {}\nexport const two = 2;\nexport class Three extends Error {}\n",
            )],
        );
        let expected = "\"b/one.js\"($) {\nasync function one() {}\nconst two = 2;\nclass Three extends Error {}\n\
            Object.assign($, { one, two, Three });\n},\n\
            \"a/main.js\"($) {\nconst { one } = $import(\"b/one.js\");\nconst all = $import(\"b/one.js\");\n\
            $import(\"b/one.js\");\none(all);\nObject.assign($, {  });\n},\n};\n$import(\"a/main.js\");\n";
        assert_eq!(text, format!("{BEGINNING}{expected}"));
    }

    #[test]
    fn what_is_imported_later_is_there_and_made_when_it_is_asked_for() {
        let text = joined(
            "const go = () => import(\"./later.js\");\n",
            &[(
                "a/later.js",
                "import { x } from \"./main.js\";\nexport { x };\n",
            )],
        );
        assert!(
            text.contains("Promise.resolve().then(() => $import(\"a/later.js\"))"),
            "{text}"
        );
        assert!(text.contains("\"a/later.js\"($)"), "{text}");
    }

    #[test]
    fn what_could_not_be_joined_rightly_is_refused() {
        for wrong in [
            "import { a as b } from \"./later.js\";",
            "import x from \"./later.js\";",
            "import { a } from \"later.js\";",
            "export let changing = 1;",
            "export default 1;",
            "export { a as b };",
            "export * from \"./later.js\";",
            "const name = import(path);",
            "const here = import.meta.url;",
        ] {
            let said = joined(wrong, &[("a/later.js", "")]);
            assert!(said.ends_with("that can be joined"), "{wrong}: {said}");
        }
        let said = joined("import \"./none.js\";", &[]);
        assert_eq!(said, "a/main.js imports a/none.js, which is no file");
        let said = joined("import \"./b.js\";", &[("a/b.js", "import \"./main.js\";")]);
        assert_eq!(said, "a/main.js imports itself, by way of others");
    }
}
