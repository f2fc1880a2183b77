// dabyl completion - scripts by which shells complete the command line, and what they
// ask.
//
// The scripts know nothing of the commands: they ask `dabyl completion words` each time,
// so that what they offer is what this very program takes.

#include "nodes/cli/complete.h"
#include "nodes/commands/commands.h"
#include "nodes/tools/offers.h"

#include <string.h>

static const char bash[] =
    "# bash completion of dabyl; made by `dabyl completion bash`\n"
    "_dabyl() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} word more\n"
    "    COMPREPLY=()\n"
    "    while IFS=$'\\t' read -r word _; do\n"
    "        case $word in\n"
    "        :files | :dirs)\n"
    "            mapfile -t more < <(compgen -\"${word:1:1}\" -- \"$cur\")\n"
    "            COMPREPLY+=(\"${more[@]}\")\n"
    "            compopt -o filenames 2>/dev/null ;;\n"
    "        ?*) COMPREPLY+=(\"$word\") ;;\n"
    "        esac\n"
    "    done < <(\"${COMP_WORDS[0]}\" completion words -- "
    "\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _dabyl dabyl\n";

static const char zsh[] =
    "#compdef dabyl\n"
    "# zsh completion of dabyl; made by `dabyl completion zsh`\n"
    "_dabyl() {\n"
    "    local -a offers\n"
    "    local word text\n"
    "    while IFS=$'\\t' read -r word text; do\n"
    "        case $word in\n"
    "        :files) _files ;;\n"
    "        :dirs) _files -/ ;;\n"
    "        ?*) offers+=(\"${word//:/\\\\:}:$text\") ;;\n"
    "        esac\n"
    "    done < <($words[1] completion words -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)\n"
    "    (( $#offers )) && _describe -t dabyl 'dabyl' offers\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _dabyl ]; then _dabyl \"$@\"; else compdef _dabyl dabyl; "
    "fi\n";

static const char fish[] =
    "# fish completion of dabyl; made by `dabyl completion fish`\n"
    "function __dabyl_complete\n"
    "    set -l before (commandline -opc)\n"
    "    set -l current (commandline -ct)\n"
    "    for line in ($before[1] completion words -- $before[2..-1] \"$current\" "
    "2>/dev/null)\n"
    "        switch $line\n"
    "            case ':files*'\n"
    "                __fish_complete_path $current\n"
    "            case ':dirs*'\n"
    "                __fish_complete_directories $current\n"
    "            case '*'\n"
    "                echo $line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c dabyl -f -a '(__dabyl_complete)'\n";

static const struct {
    const char *shell, *script;
} scripts[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static done_t run(const call_t *call)
{
    const char *shell = call->operands > 0 ? call->operand[0] : "";
    if (strcmp(shell, "words") == 0) {
        const complete_more_t more = complete_print(commands_all, call->operands - 1,
            (const char *const *)call->operand + 1, stdout);
        offers_print(&more, stdout);
        return DONE_OK;
    }
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (call->operands == 1 && strcmp(scripts[i].shell, shell) == 0) {
            fputs(scripts[i].script, stdout);
            return DONE_OK;
        }
    return call_usage(call, "bash, zsh or fish is needed");
}

const command_t cmd_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .summary = "print a shell's script that completes commands, options and files",
    .run = run,
    .notes = "`make install` puts them where the shells look.  For this one session:\n"
             "  source <(dabyl completion bash)\n",
};
