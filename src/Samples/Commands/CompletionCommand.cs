using System.CommandLine;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>completion: prints a script with which a shell completes commands, options and values.</summary>
internal sealed class CompletionCommand(Terminal terminal)
{
    // Each script asks the program itself: [suggest:POSITION] LINE prints what may follow.
    private static readonly SortedDictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # In ~/.bashrc: source <(mlseq completion bash)
            _mlseq() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(mlseq "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _mlseq mlseq
            """,
        ["fish"] = """
            # In ~/.config/fish/config.fish: mlseq completion fish | source
            complete -c mlseq -a '(mlseq "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
            """,
        ["pwsh"] = """
            # In $PROFILE: mlseq completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName mlseq -ScriptBlock {
              param($word, $line, $position)
              mlseq "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
        ["zsh"] = """
            # In ~/.zshrc, after compinit: source <(mlseq completion zsh)
            _mlseq() {
              compadd -- ${(f)"$(mlseq "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"} || _files
            }
            compdef _mlseq mlseq
            """,
    };

    private readonly Argument<string> _shell = new("shell") { Description = "bash, fish, pwsh or zsh.", HelpName = string.Join('|', Scripts.Keys) };

    public Command Describe()
    {
        var command = new Command("completion", "Prints a script with which a shell completes commands, options and values.") { _shell };
        _shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        command.SetAction(parsed =>
        {
            terminal.Output.WriteLine(Scripts[parsed.GetValue(_shell)!]);
            return Cli.Success;
        });
        // It is no work on data: the help names it apart from the commands.
        command.Hidden = true;
        return command;
    }
}
