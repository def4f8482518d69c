using System.CommandLine;
using MLNet.Sequence.Samples;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>What the program says about itself.</summary>
[TestClass]
public sealed class HelpTests
{
    [TestMethod]
    public void The_help_of_the_program_fits_a_screen_and_names_every_command()
    {
        string[] lines = Lines("--help");
        Assert.IsLessThanOrEqualTo(40, lines.Length, string.Join('\n', lines));
        Assert.IsLessThanOrEqualTo(100, lines.Max(line => line.Length), string.Join('\n', lines));
        RootCommand root = Cli.Build(new Terminal(TextWriter.Null, TextWriter.Null, default));
        foreach (Command command in root.Subcommands.Where(command => !command.Hidden))
            Assert.IsTrue(lines.Any(line => line.StartsWith($"  {command.Name} ", StringComparison.Ordinal)), command.Name);
        foreach (int code in new[] { Cli.Success, Cli.Problem, Cli.UserMistake, Cli.Interrupted })
            Assert.IsTrue(lines.Any(line => line.StartsWith("Exit codes:", StringComparison.Ordinal) && line.Contains($" {code} ")), $"{code}");
    }

    [TestMethod]
    public void The_help_of_a_command_lists_its_options_in_lines_of_a_screens_width()
    {
        string[] lines = Lines("forecast", "--help");
        Assert.IsLessThanOrEqualTo(100, lines.Max(line => line.Length), string.Join('\n', lines));
        foreach (string option in new[] { "--horizon", "--data", "--json", "--config", "--save-config" })
            Assert.IsTrue(lines.Any(line => line.TrimStart().StartsWith(option, StringComparison.Ordinal)), option);
    }

    [TestMethod]
    [DataRow("--horzon", "'--horizon'")]
    [DataRow("forcast", "'forecast'")]
    [DataRow("forecast --contxt", "'--context'")]
    [DataRow("forecast --confg", "'--config'")]
    public void A_misspelled_name_is_refused_with_the_nearest_one(string line, string nearest)
    {
        using var error = new StringWriter();
        Assert.AreEqual(Cli.UserMistake, Cli.Run(line.Split(' '), TextWriter.Null, error));
        Assert.Contains($"The nearest name is {nearest}.", error.ToString());
    }

    [TestMethod]
    [DataRow("mlseq fore", "forecast")]
    [DataRow("mlseq forecast --hor", "--horizon")]
    [DataRow("mlseq forecast --architecture l", "lstm")]
    [DataRow("mlseq compare --optimizer ", "adamw")]
    [DataRow("mlseq tag --decoding ", "Chain")]
    public void A_shell_is_told_what_may_follow(string line, string completion) =>
        CollectionAssert.Contains(Lines($"[suggest:{line.Length}]", line), completion);

    [TestMethod]
    [DataRow("bash")]
    [DataRow("zsh")]
    [DataRow("fish")]
    [DataRow("pwsh")]
    public void Each_shell_gets_a_script_that_asks_the_program(string shell) =>
        Assert.IsTrue(Lines("completion", shell).Any(line => line.Contains("mlseq \"[suggest:", StringComparison.Ordinal)));

    private static string[] Lines(params string[] args)
    {
        using StringWriter output = new(), error = new();
        Assert.AreEqual(Cli.Success, Cli.Run(args, output, error), error.ToString());
        return output.ToString().TrimEnd().Split(Environment.NewLine);
    }
}
