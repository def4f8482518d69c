#:property PublishAot=false

// Runs the cells of a notebook in the kernel of .NET Interactive, and ends with 1 if one fails. In the root of the repository:
// dotnet build src/Samples -c Release
// dotnet tool restore
// dotnet run src/Samples/notebooks/run.cs -- src/Samples/notebooks/forecast.ipynb
// A second argument is a file for a page with all that the cells showed.
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

string[] arguments = ["tool", "run", "dotnet-interactive", "stdio", "--default-kernel", "csharp"];
var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
using Process kernel = Process.Start(start)!;
using var notebook = JsonDocument.Parse(File.ReadAllText(args[0]));
var page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Notebook</title></head><body>");
int number = 0;
bool failed = false;
foreach (JsonElement cell in notebook.RootElement.GetProperty("cells").EnumerateArray())
{
    string text = string.Concat(cell.GetProperty("source").EnumerateArray().Select(line => line.GetString()));
    page.Append($"<pre>{WebUtility.HtmlEncode(text)}</pre>");
    if (cell.GetProperty("cell_type").GetString() == "code" && !Run(text, $"cell{++number}"))
    {
        failed = true;
        break;
    }
}

kernel.Kill(entireProcessTree: true);
if (args.Length > 1)
    File.WriteAllText(args[1], page.Append("</body></html>").ToString());
return failed ? 1 : 0;

bool Run(string code, string token)
{
    string command = $$"""{"code":"{{JsonEncodedText.Encode(code)}}","targetKernelName":"csharp"}""";
    kernel.StandardInput.WriteLine($$"""{"token":"{{token}}","commandType":"SubmitCode","command":{{command}}}""");
    kernel.StandardInput.Flush();
    while (kernel.StandardOutput.ReadLine() is { } line)
    {
        if (!line.StartsWith('{'))
            continue;
        using var message = JsonDocument.Parse(line);
        JsonElement root = message.RootElement;
        if (!root.TryGetProperty("eventType", out JsonElement type))
            continue;
        JsonElement found = root.GetProperty("event");
        bool own = root.TryGetProperty("command", out JsonElement asked) && asked.ValueKind == JsonValueKind.Object
            && asked.TryGetProperty("token", out JsonElement of) && of.GetString() == token;
        switch (type.GetString())
        {
            case "DisplayedValueProduced" or "ReturnValueProduced" or "StandardOutputValueProduced" or "DisplayedValueUpdated":
                Show(found);
                break;
            case "CommandFailed" when own:
                Console.Error.WriteLine(found.GetProperty("message").GetString());
                return false;
            case "CommandSucceeded" when own:
                return true;
        }
    }

    Console.Error.WriteLine("The kernel ended.");
    return false;
}

void Show(JsonElement shown)
{
    foreach (JsonElement form in shown.GetProperty("formattedValues").EnumerateArray())
    {
        string mime = form.GetProperty("mimeType").GetString()!, value = form.GetProperty("value").GetString()!;
        Console.WriteLine($"{mime}: {value.Length} characters");
        page.Append(mime == "text/html" ? value : $"<pre>{WebUtility.HtmlEncode(value)}</pre>");
    }
}
