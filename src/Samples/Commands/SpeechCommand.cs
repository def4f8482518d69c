using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Speech;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>speech: trains a WaveNet of sound, distils a student that gives all samples at once, measures both, and lets them speak.</summary>
internal sealed class SpeechCommand(Terminal terminal)
{
    private const int QuickSentences = 12, QuickSteps = 150;

    private static readonly string[] Sounds = ["recorded", "teacher", "student"];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "A folder of WAV files, each an utterance: mono, 16 bits, 8 kHz. [default: sentences that espeak-ng says, or, where it is not "
            + "installed, a made signal]",
        HelpName = "DIR"
    };
    private readonly Option<bool> _made = new("--made") { Description = "Uses the made signal although espeak-ng is installed." };
    private readonly Option<int?> _epochs = NumberOption.WholeOrNone("--epochs", "Epochs of the WaveNet and the LSTM. [default: 8, quick: 3]");
    private readonly Option<int?> _steps = NumberOption.WholeOrNone("--steps", "Steps of the distillation. [default: 2000, quick: 150]");
    private readonly Option<int> _utterances = NumberOption.Whole("--utterances", "Utterances at most that are used. [quick: 12]", 40, least: 3);
    private readonly Option<bool> _quick = new("--quick") { Description = "Small networks and little data, for a first look: under three minutes." };
    private readonly Option<int> _seed = NumberOption.Whole("--seed", "The seed of all draws.", 1, least: 0);
    private readonly Option<string> _out =
        new("--out") { Description = "The folder for sounds, spectrogram and models.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly Option<string?> _json = new("--json") { Description = "The file for the figures as JSON.", HelpName = "FILE" };

    public Command Describe()
    {
        var command = new Command(
            "speech", "Trains a WaveNet of sound and a student that gives all samples at once. Both are measured, and say a test sentence.");
        foreach (Option option in (IEnumerable<Option>)[_data, _made, _epochs, _steps, _utterances, _quick, _seed, _out, _json])
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        (string folder, string? json, bool quick) = (parsed.GetValue(_out)!, parsed.GetValue(_json), parsed.GetValue(_quick));
        StagedFiles.MustTake(folder, "--out");
        StagedFiles.MustTakeFile(json, "--json");
        if (parsed.GetValue(_data) is not null && parsed.GetValue(_made))
            throw new UserError("--data and --made exclude each other.");
        int most = quick && parsed.GetResult(_utterances) is null or { Implicit: true } ? QuickSentences : parsed.GetValue(_utterances);
        var plan = new SpeechPlan(parsed.GetValue(_epochs) ?? (quick ? 3 : 8), parsed.GetValue(_steps) ?? (quick ? QuickSteps : 2000), quick,
            parsed.GetValue(_seed));
        var run = new SpeechRun(plan, terminal.Output.WriteLine, terminal.Cancellation);
        SpeechFigures figures = run.Run(Read(parsed, most));
        using var files = new StagedFiles();
        foreach ((string name, float[] sound) in Sounds.Zip(run.Sounds))
            WavFile.Write(files.For(Path.Combine(folder, $"{name}.wav")), sound, SpokenData.Rate);
        SpectrogramPicture.Write(files.For(Path.Combine(folder, "spectrograms.png")), run.Sounds);
        run.Teacher!.Save(files.For(Path.Combine(folder, "teacher.zip")));
        run.Student!.Save(files.For(Path.Combine(folder, "student.safetensors")));
        if (json is not null)
            File.WriteAllText(files.For(json), JsonSerializer.Serialize(figures, Json));
        files.Commit();
        foreach (string line in figures.Lines().Concat(files.Places.Select(place => $"Written: {Path.GetRelativePath(Environment.CurrentDirectory, place)}")))
            terminal.Output.WriteLine(line);
        return Cli.Success;
    }

    private IReadOnlyList<Utterance> Read(ParseResult parsed, int most)
    {
        if (parsed.GetValue(_data) is { } folder)
            return SpokenData.Files(folder, most);
        if (!parsed.GetValue(_made))
        {
            if (SpokenData.Espeak(most, terminal.Cancellation) is { } spoken)
                return spoken;
            terminal.ShowNotes(["espeak-ng is not installed (apt-get install espeak-ng): a made signal takes the place of speech."]);
        }

        terminal.Output.WriteLine("The sound is a made signal.");
        return SpokenData.Made(most);
    }
}
