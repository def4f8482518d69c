using System.CommandLine;
using Microsoft.ML;
using MLNet.Sequence.Samples.Commands.Options;
using MLNet.Sequence.Samples.Music;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>music: trains models of piano rolls, measures them, and lets each compose.</summary>
internal sealed class MusicCommand(Terminal terminal)
{
    // The steps of a test piece that a model continues.
    private const int Opening = 8;

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Pieces as JSON, gzipped if the name ends in .gz: {\"train\": "
        + "[[[60,64,67],…],…],\"valid\": …,\"test\": …}, steps of MIDI notes from 21 to 108. [default: Bach's chorales]",
        HelpName = "FILE"
    };
    private readonly Option<int> _length = NumberOption.Whole("--length", "Steps that each model composes after training.", 64);
    private readonly Option<double?> _temperature = NumberOption.RealOrNone(
        "--temperature", "Randomness of sampling: 0 takes the keys with a probability above 0.5. [default: 0.7]");
    private readonly FormatOptions _format = new();
    private readonly TaskOptions _task = new("lstm,tcn", new TrainingDefaults { Epochs = 40, QuickEpochs = 5, BatchSize = 2, Patience = 6 }, causal: true);

    public Command Describe()
    {
        var command = new Command("music", "Trains models of piano rolls, measures how well they predict the next step, and lets each compose a piece.");
        foreach (Option option in (IEnumerable<Option>)[_data, _length, _temperature, .. _format.All, .. _task.All])
            command.Add(option);
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        TaskPlan plan = _task.Read(parsed);
        var pieces = RollFile.Read(parsed.GetValue(_data) ?? RollFile.Shipped, _format.Read(parsed).Encoding);
        var run = new TaskRun(terminal, plan);
        IDataView View(IEnumerable<Roll> rolls) => run.Ml.Data.LoadFromEnumerable(rolls);
        double Loss(NextStepTransformer fitted, IEnumerable<Roll> rolls) => run.Ml.Sequence.EvaluateNextStep(fitted.Transform(View(rolls))).Loss;
        terminal.Output.WriteLine($"{pieces.Train.Count} pieces to train on, {pieces.Valid.Count} to validate on, {pieces.Test.Count} to test on");
        var composing = new GenerationOptions
        {
            MaxLength = parsed.GetValue(_length),
            Temperature = parsed.GetValue(_temperature) ?? 0.7,
            Seed = plan.Training.Seed
        };
        return run.Run((architecture, files) =>
        {
            using NextStepTransformer fitted = run.Fit(architecture, training => run.Ml.Sequence.Trainers.NextStep(architecture, new NextStepOptions
            {
                Kind = StepKind.MultiLabel,
                FeatureColumnName = nameof(Roll.Steps),
                Features = Roll.Keys,
                ValidationSet = View(pieces.Valid),
                Training = training,
            }).Fit(View(pieces.Train)));
            Compose(fitted, pieces.Test[0], composing, name => files.For(run.Place($"{architecture.Name}{name}")));
            return run.Finish(fitted, fitted.Model, View(pieces.Train).Schema, files, new Dictionary<string, double>
            {
                ["validNll"] = Loss(fitted, pieces.Valid),
                ["testNll"] = Loss(fitted, pieces.Test),
            });
        });
    }

    private static void Compose(NextStepTransformer fitted, Roll piece, GenerationOptions options, Func<string, string> place)
    {
        float[] opening = piece.Steps[..Math.Min(piece.Steps.Length, Opening * Roll.Keys)];
        float[][] roll = [.. opening.Chunk(Roll.Keys), .. fitted.Model.GenerateSteps(opening, options)];
        using (FileStream midi = File.Create(place(".mid")))
            MidiFile.Write(midi, roll, new MidiOptions { LowestNote = Roll.LowestNote });
        PianoRollPlot.Draw(place("-roll.svg"), fitted.Model.Architecture.Name, roll, opening.Length / Roll.Keys);
    }
}
