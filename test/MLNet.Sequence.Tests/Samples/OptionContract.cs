using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Two runs of a command that differ in one option, and the effect of that option.</summary>
/// <param name="Option">The option.</param>
/// <param name="With">Options that are added to the command's usual ones or replace them; "!--epochs" leaves one out.</param>
/// <param name="Look">The part of a run that the option must change.</param>
/// <param name="Without">The options of the other run.</param>
internal sealed record OptionCase(string Option, string With, Func<OptionCase.Seen, string> Look, string Without = "")
{
    /// <summary>A completed run.</summary>
    /// <param name="Code">Its exit code.</param>
    /// <param name="Output">Its output.</param>
    /// <param name="Error">Its warnings, or the reason why it refused.</param>
    /// <param name="Folder">What <c>--out</c> named.</param>
    internal sealed record Seen(int Code, string Output, string Error, string Folder)
    {
        public string Found(string pattern) => Regex.Match(Output, pattern) is { Success: true } match ? match.Groups[^1].Value : "";

        public string Last(string pattern) => Regex.Matches(Output, pattern) is [.., var match] ? match.Groups[^1].Value : "";

        public string Count(string pattern) => $"{Regex.Count(Output, pattern)}";

        public string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

        public string Bytes(string file) => Convert.ToBase64String(File.ReadAllBytes(Path.Combine(Folder, file)));

        public string Has(string entry) => $"{Path.Exists(Path.Combine(Folder, entry))}";
    }
}

/// <summary>
/// Every option of a command has a case that checks the effect of a value. A repeated run gives the same results. The effect of
/// <c>--gpu</c> is tested on a device (<see cref="GpuOptionTests"/>).
/// </summary>
/// <param name="command">The command.</param>
/// <param name="usual">Options of all runs: tiny data, tiny networks. "@name" is a file of <see cref="Write"/>.</param>
public abstract class OptionContract(string command, string usual) : IDisposable
{
    private readonly SampleRun _files = new();
    private readonly Dictionary<string, OptionCase.Seen> _runs = [];

    internal SampleRun Files => _files;

    internal abstract IEnumerable<OptionCase> Cases { get; }

    [TestInitialize]
    public void Write() => WriteFiles();

    public void Dispose()
    {
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    [TestMethod]
    public void Every_option_has_an_effect_that_is_seen()
    {
        OptionCase[] cases = [.. Cases];
        string[] offered = [.. Command().Options.Select(option => option.Name).Where(name => name is not ("--gpu" or "--help" or "--version"))
            .Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(offered, cases.Select(one => one.Option).Distinct().Order(StringComparer.Ordinal).ToArray());

        OptionCase.Seen again = Run(Merge(""), "again");
        List<string> wrong = [];
        foreach (OptionCase one in cases)
        {
            OptionCase.Seen without = Once(one.Without), with = Once(one.With);
            Assert.AreEqual(Cli.Success, with.Code, $"{one.Option}: {with.Error}");
            string before = Look(one, without), after = Look(one, with);
            if (before == after)
                wrong.Add($"{one.Option} changes nothing: '{(after.Length > 80 ? after[..80] : after)}'");
            if (one.Without.Length == 0 && before != Look(one, again))
                wrong.Add($"{one.Option}: what is looked at changes by itself: '{before}', '{Look(one, again)}'");
        }

        Assert.IsEmpty(wrong, string.Join("\n", wrong));
    }

    /// <summary>Writes the files that the cases use.</summary>
    internal abstract void WriteFiles();

    /// <summary>The common options of trainings. A run prints the loss and the learning rate of each epoch.</summary>
    /// <param name="loss">The part of a run that shows how it was trained.</param>
    internal static IEnumerable<OptionCase> Training(Func<OptionCase.Seen, string> loss)
    {
        const string Much = "--epochs 2 --learning-rate 0.02 --schedule cosine --checkpoint @kept --tensorboard @events";
        return
        [
            new("--epochs", Much, run => run.Last(@"epoch +(\d+)/")),
            new("--learning-rate", Much, run => $"{Rate(run.Found(Rates)) > 0.005}"),
            new("--schedule", Much, run => $"{Rate(run.Last(Rates)) < Rate(run.Found(Rates))}"),
            new("--checkpoint", Much, run => run.Has("../kept")),
            new("--tensorboard", Much, run => run.Has("../events")),
            new("--resume", "--epochs 2 --checkpoint @resumed --resume", run => run.Found(@"epoch +(\d+)/"), "--checkpoint @resumed"),
            new("--patience", "--epochs 8 --learning-rate 9 --patience 1", run => run.Last(@"epoch +(\d+)/"), "--epochs 8 --learning-rate 9 --patience 0"),
            new("--max-minutes", "!--epochs --quick --max-minutes 0.000001", run => run.Last(@"epoch +(\d+)/"), "!--epochs --quick"),
            new("--quick", "!--epochs --quick --max-minutes 0.000001", run => run.Last(@"epoch +\d+/(\d+)"), "!--epochs --max-minutes 0.000001"),
            .. Steps(loss),
        ];
    }

    /// <summary>The common options of training steps.</summary>
    internal static IEnumerable<OptionCase> Steps(Func<OptionCase.Seen, string> loss) =>
    [
        new("--batch-size", "--batch-size 3", loss),
        new("--seed", "--seed 2", loss),
        new("--optimizer", "--optimizer rmsprop", loss),
        new("--clip", "--clip 0.00001 --optimizer sgd", loss, "--optimizer sgd"),
        new("--threads", "--threads 4096", run => run.Error),
    ];

    private const string Rates = @"rate (\S+)";

    private static double Rate(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Look(OptionCase one, OptionCase.Seen run) => run.Code == Cli.Success ? one.Look(run) : $"refused: {run.Error}";

    private Command Command()
    {
        RootCommand root = Cli.Build(new Terminal(TextWriter.Null, TextWriter.Null, default));
        return root.Subcommands.Single(one => one.Name == command);
    }

    private OptionCase.Seen Once(string changes)
    {
        string options = Merge(changes);
        return _runs.TryGetValue(options, out OptionCase.Seen? seen) ? seen : _runs[options] = Run(options, $"run{_runs.Count}");
    }

    private OptionCase.Seen Run(string options, string name)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture), error = new(CultureInfo.InvariantCulture);
        string folder = _files.Path($"{name}/out");
        Directory.CreateDirectory(folder);
        string[] words = [command, .. options.Split(' ').Select(word => word.StartsWith('@') ? Place(name, word[1..]) : word)];
        int code = Cli.Run(words.Contains("--out") ? words : [.. words, "--out", folder], output, error);
        return new OptionCase.Seen(code, output.ToString(), error.ToString(), folder);
    }

    // Input files, and checkpoints to continue from, are shared by all runs. A run's own files are in its folder.
    private string Place(string run, string name) =>
        _files.Path(Path.HasExtension(name) && name != "results.json" || name == "resumed" ? name : $"{run}/{name}");

    private string Merge(string changes)
    {
        var options = new List<(string Name, string Text)>();
        foreach (string text in Regex.Split($"{usual} {changes}".Trim(), @" (?=!?--)"))
        {
            string name = text.Split(' ')[0];
            options.RemoveAll(option => option.Name == name.TrimStart('!'));
            if (name[0] != '!')
                options.Add((name, text));
        }

        return string.Join(' ', options.Select(option => option.Text));
    }

    /// <summary>A file whose letters are those of Western Europe, a byte each.</summary>
    internal void WriteLatin(string name, string text) => File.WriteAllBytes(_files.Path(name), Encoding.Latin1.GetBytes(text));
}
