using System.CommandLine;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>What a command trains on rows that each hold a sequence, and where its results go.</summary>
/// <param name="Command">The name of the command.</param>
/// <param name="Architectures">The architectures to train.</param>
/// <param name="Training">How they are trained.</param>
/// <param name="Folder">The folder for models, pictures and other files.</param>
/// <param name="Json">The file of results; null: none.</param>
internal sealed record TaskPlan(string Command, IReadOnlyList<Architecture> Architectures, TrainingPlan Training, string Folder, string? Json);

/// <summary>The options shared by the commands on rows that each hold a sequence.</summary>
/// <param name="architectures">The default of --architectures.</param>
/// <param name="defaults">The defaults of training.</param>
/// <param name="causal">Whether each step is predicted from the steps before it.</param>
/// <param name="pairs">Whether a row holds a pair of sequences.</param>
internal sealed class TaskOptions(string architectures, TrainingDefaults defaults, bool causal = false, bool pairs = false)
{
    private readonly ArchitecturesOption _architectures = pairs ? ArchitecturesOption.OfPairs(architectures) : new(architectures, causal);
    private readonly TrainingFlags _training = new(defaults);
    private readonly Option<string> _out =
        new("--out") { Description = "The folder for models, pictures and other results.", HelpName = "DIR", DefaultValueFactory = _ => "out" };
    private readonly Option<string?> _json = new("--json") { Description = "The file for the results as JSON.", HelpName = "FILE" };

    public IEnumerable<Option> All => [.. _architectures.All, .. _training.All, _out, _json];

    public TaskPlan Read(ParseResult parsed)
    {
        var plan = new TaskPlan(
            parsed.CommandResult.Command.Name, _architectures.Read(parsed), _training.Read(parsed), parsed.GetValue(_out)!, parsed.GetValue(_json));
        StagedFiles.MustTake(plan.Folder, "--out");
        StagedFiles.MustTakeFile(plan.Json, "--json");
        return plan;
    }
}
