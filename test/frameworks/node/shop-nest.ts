// A shop in NestJS with @nestjs/swagger: nothing here knows of Latchkey.
import "reflect-metadata";
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  Query,
  UnauthorizedException,
  ValidationPipe,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ApiBearerAuth, ApiProperty, ApiPropertyOptional, ApiTags, DocumentBuilder, PartialType, SwaggerModule } from "@nestjs/swagger";
import { Type } from "class-transformer";
import { IsArray, IsEnum, IsInt, IsNumber, IsOptional, IsString, Max, Min, MinLength } from "class-validator";

enum Colour {
  red = "red",
  blue = "blue",
}

class CreateItem {
  @ApiProperty({ minLength: 1 })
  @IsString()
  @MinLength(1)
  name: string;

  @ApiProperty({ minimum: 0 })
  @IsNumber()
  @Min(0)
  price: number;

  @ApiPropertyOptional({ enum: Colour })
  @IsOptional()
  @IsEnum(Colour)
  colour?: Colour;

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  tags?: string[];
}

class UpdateItem extends PartialType(CreateItem) {}

class ListItems {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  q?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: 100, default: 10 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 10;
}

@ApiTags("items")
@Controller("items")
class ItemsController {
  @Get()
  list(@Query() query: ListItems) {
    return query;
  }

  @Post()
  create(@Body() item: CreateItem) {
    return item;
  }

  @Get(":id")
  get(@Param("id", ParseIntPipe) id: number) {
    if (id === 404) throw new NotFoundException();
    return { id };
  }

  @Patch(":id")
  update(@Param("id", ParseIntPipe) id: number, @Body() item: UpdateItem) {
    return { id, ...item };
  }

  @Delete(":id")
  @HttpCode(204)
  remove(@Param("id") _id: string) {}
}

@ApiBearerAuth()
@Controller("me")
class MeController {
  @Get()
  me(@Headers("authorization") authorization?: string) {
    if (authorization !== "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln") throw new UnauthorizedException();
    return { name: "ada" };
  }
}

@Module({ controllers: [ItemsController, MeController] })
class ShopModule {}

const app = await NestFactory.create(ShopModule, { logger: false });
app.setGlobalPrefix("api/v1");
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
const config = new DocumentBuilder().setTitle("Shop").addBearerAuth().build();
SwaggerModule.setup("docs", app, () => SwaggerModule.createDocument(app, config));
await app.listen(Number(process.argv[2]), "127.0.0.1");
