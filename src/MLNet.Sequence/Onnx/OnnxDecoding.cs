using MLNet.Sequence.Data;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;
using static MLNet.Sequence.Onnx.OnnxAttribute;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>What the columns of each task hold, of what the network gives.</summary>
internal static class OnnxDecoding
{
    /// <param name="model">The model.</param>
    /// <param name="network">The input of the network, standardised, and its output.</param>
    /// <param name="scaling">The scaling of the channels.</param>
    /// <param name="pass">Whether it was whole sequences or one step.</param>
    public static void Write(SequenceModel model, (OnnxValue Input, OnnxValue Output) network, OnnxScaling scaling, OnnxPass pass)
    {
        switch (model.Task)
        {
            case Forecasting forecasting:
                Forecast(forecasting, network.Output, scaling);
                break;
            case SequenceClassification classification:
                Classify(classification, network.Output);
                break;
            case SequenceBinaryClassification binary:
                Decide(binary, network.Output);
                break;
            case SequenceRegression regression:
                Number(regression, network.Output);
                break;
            case SequenceTagging { ChainPath: { } path } tagging:
                Tag(tagging, network.Output, new OnnxWeights(model.Weights, path), pass);
                break;
            case SequenceTagging tagging:
                Tag(tagging, network.Output, pass);
                break;
            case NextStep next:
                Predict(next, network, scaling, pass);
                break;
            default:
                throw new NotSupportedException($"The task {model.Task.GetType().Name} has no form in ONNX.");
        }
    }

    /// <summary>The names of the outputs: those of the task's columns.</summary>
    public static IEnumerable<string> Columns(SequenceTask task) => task switch
    {
        Forecasting forecasting => [forecasting.ForecastColumn],
        SequenceClassification classification => [classification.PredictedLabelColumn, classification.ScoreColumn],
        SequenceBinaryClassification binary => [binary.PredictedLabelColumn, binary.ScoreColumn, binary.ProbabilityColumn],
        SequenceTagging tagging => [tagging.PredictedLabelsColumn, tagging.ScoreColumn],
        SequenceRowTask rows => [rows.ScoreColumn],
        NextStep { Kind: StepKind.Token } next => [next.PredictionColumn, next.ScoreColumn, next.LossColumn],
        NextStep next => [next.PredictionColumn, next.LossColumn],
        _ => [],
    };

    private static void Forecast(Forecasting task, OnnxValue output, OnnxScaling scaling)
    {
        int targets = task.TargetChannels.Count;
        OnnxValue forecast = scaling.Undo(output.Reshape(0, task.Horizon * task.LevelCount, targets), targets); // [B, H·Q·K] → [B, H·Q, K]
        if (task.Levels is { } levels)
        {
            OnnxValue inOrder = Sorted(forecast.Reshape(0, task.Horizon, levels.Count, targets));
            string quantiles = $"{string.Join(", ", task.TargetChannels)}; quantiles of the levels {string.Join(", ", levels)}";
            Add(task.ForecastColumn, inOrder, DataType.Float, $"{quantiles}; in the data's units; the first step first", "batch", task.Horizon, levels.Count, targets);
            return;
        }

        Add(task.ForecastColumn, forecast, DataType.Float, $"{string.Join(", ", task.TargetChannels)}; in the data's units; the first step first", "batch", task.Horizon, targets);
    }

    // The quantiles of each step and target in order: [B, H, Q, K]
    private static OnnxValue Sorted(OnnxValue quantiles) =>
        quantiles.Graph.Nodes("TopK", 2, [quantiles, quantiles.Size(2)], Of("axis", 2), Of("largest", 0), Of("sorted", 1))[0];

    private static void Classify(SequenceClassification task, OnnxValue logits)
    {
        string values = task.ClassValues is { } names ? $": {string.Join(", ", names)}" : "";
        Add(task.PredictedLabelColumn, Likeliest(logits), DataType.Int64, $"index of the likeliest class, from 0; -1 where there is none{values}", "batch");
        Add(task.ScoreColumn, logits.Softmax(-1), DataType.Float, "probabilities of the classes", "batch", task.Classes);
    }

    private static void Decide(SequenceBinaryClassification task, OnnxValue output)
    {
        OnnxValue logit = output.Squeeze(1); // [B, 1] → [B]
        Add(task.PredictedLabelColumn, logit.Op("Greater", logit.Graph.Constant(0f)), DataType.Bool, "the more likely answer", "batch");
        Add(task.ScoreColumn, logit, DataType.Float, "log odds of yes", "batch");
        Add(task.ProbabilityColumn, logit.Sigmoid(), DataType.Float, "probability of yes", "batch");
    }

    private static void Number(SequenceRegression task, OnnxValue output)
    {
        OnnxValue score = OnnxScaling.Of(output.Graph, task.LabelScaling, "output").Undo(output, task.OutputSize);
        if (task.IsVector)
            Add(task.ScoreColumn, score, DataType.Float, "in the label's units", "batch", task.OutputSize);
        else
            Add(task.ScoreColumn, score.Squeeze(1), DataType.Float, "in the label's units", "batch"); // [B, 1] → [B]
    }

    private static void Tag(SequenceTagging task, OnnxValue scores, OnnxPass pass)
    {
        OnnxValue tags = scores.Graph.Node("ArgMax", [scores], Of("axis", -1), Of("keepdims", 0));
        object[] steps = pass.State is null ? ["batch", "time"] : ["batch"];
        Add(task.PredictedLabelsColumn, tags, DataType.Int64, $"index of the likeliest tag of each step, from 0{Named(task)}", steps);
        Add(task.ScoreColumn, scores.Softmax(-1), DataType.Float, "probabilities of the tags of each step", [.. steps, task.Tags]);
    }

    private static void Tag(SequenceTagging task, OnnxValue scores, OnnxWeights own, OnnxPass pass)
    {
        if (pass.State is not null)
            throw new NotSupportedException("The tags of a sequence are chosen together, by what follows as well, and cannot be told step by step: run the whole sequence, or train with Decoding = TagDecoding.Steps.");
        var chain = new OnnxTagChain(own, scores, task.Tags, pass.Lengths);
        Add(task.PredictedLabelsColumn, chain.Best(), DataType.Int64, $"the best sequence of tags: an index for each step, from 0{Named(task)}", "batch", "time");
        Add(task.ScoreColumn, chain.Marginals(), DataType.Float, "probabilities of the tags of each step, given all steps", "batch", "time", task.Tags);
    }

    private static string Named(SequenceTagging task) => task.TagValues is { } names ? $": {string.Join(", ", names)}" : "";

    private static void Predict(NextStep task, (OnnxValue Input, OnnxValue Output) network, OnnxScaling scaling, OnnxPass pass)
    {
        OnnxValue last = pass.State is null ? OnnxLastStep.At(network.Output, pass) : network.Output;
        const string next = "the step after the last";
        if (task.Kind == StepKind.Token)
        {
            Add(task.PredictionColumn, Likeliest(last), DataType.Int64, $"{next}: the index of the likeliest token, from 0", "batch");
            Add(task.ScoreColumn, last.Softmax(-1), DataType.Float, $"{next}: probabilities of the tokens", "batch", task.OutputSize);
        }
        else if (task.Kind == StepKind.MultiLabel)
        {
            Add(task.PredictionColumn, last.Sigmoid(), DataType.Float, $"{next}: probabilities of 1", "batch", task.OutputSize);
        }
        else
        {
            Add(task.PredictionColumn, scaling.Undo(last, task.OutputSize), DataType.Float, $"{next}: in the data's units", "batch", task.OutputSize);
        }

        if (pass.State is null)
            Add(task.LossColumn, Loss(task.Kind, network, pass), DataType.Float, "mean loss per predicted step", "batch");
    }

    private static OnnxValue Loss(StepKind kind, (OnnxValue Input, OnnxValue Output) network, OnnxPass pass)
    {
        OnnxValue output = network.Output.Slice(1, 0, -1), target = network.Input.Slice(1, 1); // [B, T, F] → [B, T − 1, F] twice
        OnnxValue loss = kind switch
        {
            StepKind.Token => -output.Graph.Node("GatherElements", [output.LogSoftmax(), target], Of("axis", 2)),
            // −y·ln σ(x) − (1 − y)·ln(1 − σ(x)) = ln(1 + e^x) − x·y
            StepKind.MultiLabel => (output.Op("Softplus") - output * target).Sum(keep: true, 2),
            _ => Square(output - target).Mean(keep: true, 2),
        };
        if (pass.Lengths is { } lengths && (pass with { Lengths = lengths + -1 }).Valid(loss) is { } valid)
            loss = valid.Where(loss, loss.Graph.Constant(0f));
        // Of a sequence of one step nothing was predicted: 0 / 0 is NaN.
        return loss.Sum(keep: false, 1, 2) / ((pass.Lengths ?? network.Input.Size(1)) + -1).Cast(DataType.Float);
    }

    // The place of the largest; −1 where there is NaN.
    private static OnnxValue Likeliest(OnnxValue logits)
    {
        OnnxValue place = logits.Graph.Node("ArgMax", [logits], Of("axis", 1), Of("keepdims", 0));
        return logits.Sum(keep: false, 1).Op("IsNaN").Where(logits.Graph.Scalar(-1), place);
    }

    private static OnnxValue Square(OnnxValue x) => x * x;

    private static void Add(string name, OnnxValue value, DataType type, string description, params object[] shape) =>
        value.Graph.Output(name, value, (type, description, shape));
}
